/** From when the oldest change in an update was accepted, by the clock of the server, until a viewer has it. Waiting for the tick is in it. */
export const RECEIVED = 'accepted → received';
export const RECEIVED_SLOWLY = 'accepted → received, slow viewers';
/** From when a connection was cut until all its channels are answered again. */
export const RETURNED = 'cut → subscribed again';
