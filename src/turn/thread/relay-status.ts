/** Something that keeps the relay from doing all that its settings say. `/ready` shows it to anyone. */
export interface RelayProblem {
  readonly code: 'certificate' | 'host_name' | 'listener' | 'no_network' | 'relay_socket' | 'thread';
  /** A sentence without addresses, names and paths, which only the log has. */
  readonly message: string;
}

/** Where clients reach the relay. The relay updates the addresses when this machine's change. */
export interface RelayEndpoint {
  /** Port of UDP and TCP. */
  readonly port: number;
  /** undefined if TLS is off, or has a certificate yet that clients don't take. */
  readonly tlsPort: number | undefined;
  readonly udp: boolean;
  readonly tcp: boolean;
  /** `external-ip`. Preferred to host names, which may lead to a proxy that only forwards HTTP. */
  readonly externalAddress: string | undefined;
  /** The address of this machine that other machines most likely reach. */
  readonly ownAddress: string;
}
