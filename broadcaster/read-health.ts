/** Whether the store could be read when it was last tried; one for all that read in a term. */
export class ReadHealth {
  isReadable = true;
}
