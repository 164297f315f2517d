/** A setting that can't be used as it is. Secrets are never in it. */
export interface Fault {
  /** The variable, such as `PORT`, or the file and its line, such as `turnserver.conf:12`. */
  readonly at: string;
  /** A sentence that names the place, what is there, and what was expected. */
  readonly message: string;
}
