/** Something that keeps the relay from doing all that its settings say. `/ready` shows it to anybody. */
export interface RelayProblem {
  readonly code: 'certificate' | 'host_name' | 'listener' | 'no_network' | 'relay_socket' | 'thread';
  /** A sentence without addresses, names and paths; the log has those. */
  readonly message: string;
}
