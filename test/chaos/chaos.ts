/** What every scenario gets. */
export interface Run {
  /** A 32-bit unsigned integer: the same one makes the same run, as far as the network lets it. */
  readonly seed: number;
  /** Minutes for the part that can go on for long; 0: as long as its least numbers take. */
  readonly minutes: number;
  /** Whether figures that depend on the machine's speed are held to the bounds, too. */
  readonly strict: boolean;
  /** One line of progress. */
  readonly tell: (line: string) => void;
}

export interface Outcome {
  readonly figures: Readonly<Record<string, number | string>>;
  /** Empty: all is as it should be. */
  readonly violations: readonly string[];
}

export type Scenario = (run: Run) => Promise<Outcome>;

/** Milliseconds since an arbitrary point. */
export function now(): number {
  return performance.now();
}

/** @returns what `promise` gives, or rejects after `ms` */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let deadline: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    deadline = setTimeout(() => reject(new Error(`${what} took more than ${ms / 1_000} s`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(deadline);
  }
}
