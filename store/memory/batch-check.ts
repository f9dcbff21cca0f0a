import { assert } from '../../runtime/errors.ts';
import { assertAlone, numbersOf } from '../events.ts';
import { eventText } from '../match-rules.ts';
import { partitionOfOperation } from '../partitions.ts';
import { type Batch, MAX_APPLIED_OPERATIONS, MAX_BATCH_OPERATIONS, type Operation } from '../score-store.ts';

/** What else would be a defect of the caller. */
export function assertBatch({ partition, parts }: Batch, partitions: number): void {
  let count = 0;
  for (const part of parts) {
    const { operations } = part;
    const numbers = numbersOf(part);
    count += operations.length;
    for (const operation of operations) if (operation.op === 'append') eventText(operation);
    if (numbers !== undefined) {
      assertNumbers(numbers, operations.length);
      assertAlone(operations, numbers);
    }
    assertPartition(partition, operations, partitions);
  }
  assertCount(count, 'operations are in a batch', MAX_APPLIED_OPERATIONS);
}

export function assertCount(count: number, what: string, most = MAX_BATCH_OPERATIONS): void {
  assert(count <= most, `at most ${most} ${what}`);
}

function assertNumbers(numbers: readonly number[], operations: number): void {
  assert(numbers.length === operations, 'each operation has a number');
  const descends = numbers.some((number, index) => number < (numbers[index - 1] ?? number));
  assert(!descends, 'the numbers of a part never descend');
}

/** A score in another partition than its board's would never be read again. */
function assertPartition(partition: number, operations: readonly Operation[], partitions: number): void {
  let checkedBoard: string | undefined;
  let checkedProduct: string | undefined;
  for (const operation of operations) {
    if (operation.op === 'count') {
      if (operation.product === checkedProduct) continue;
      checkedProduct = operation.product;
    } else if ('board' in operation) {
      if (operation.board === checkedBoard) continue;
      checkedBoard = operation.board;
    }
    const right = partitionOfOperation(operation, partitions) ?? partition;
    assert(right === partition, `what an operation changes is in partition ${partition}`);
  }
}
