/**
 * Who of several should have what, so that all who know the same members agree without a word. Each member draws a number for each
 * partition, and the highest draw has it. One that comes takes only what it now draws highest for, and what one that goes leaves
 * behind is spread over the others; nothing else moves.
 */
export function ownerOf(partition: number, members: readonly string[]): string | undefined {
  let owner: string | undefined;
  let highest = -1;
  for (const member of members) {
    const drawn = draw(partition, member);
    if (drawn < highest || (drawn === highest && owner !== undefined && member > owner)) continue;
    owner = member;
    highest = drawn;
  }
  return owner;
}

/** What `member` should have of so many partitions. */
export function shareOf(member: string, members: readonly string[], partitions: number): ReadonlySet<number> {
  const share = new Set<number>();
  for (let partition = 0; partition < partitions; partition++) {
    if (ownerOf(partition, members) === member) share.add(partition);
  }
  return share;
}

/** FNV-1a over the name, then the last steps of MurmurHash3, which let every bit of name and number reach every bit of the draw. */
function draw(partition: number, member: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < member.length; i++) hash = Math.imul(hash ^ member.charCodeAt(i), 0x01000193);
  hash ^= Math.imul(partition + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
