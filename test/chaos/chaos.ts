/** Settings of a run, for every scenario. */
export interface Run {
  /** A 32-bit unsigned integer. The same seed makes the same run, as far as the network lets it. */
  readonly seed: number;
  /** Minutes that the long part takes; 0: only until it has reached its minimum numbers. */
  readonly minutes: number;
  /** Whether to check bounds that depend on the machine's speed too. */
  readonly strict: boolean;
  /** Shows one line of progress. */
  readonly tell: (line: string) => void;
}

export interface Outcome {
  readonly figures: Readonly<Record<string, number | string>>;
  /** Broken promises; empty if the scenario went well. */
  readonly violations: readonly string[];
}

export type Scenario = (run: Run) => Promise<Outcome>;

/** Milliseconds since an arbitrary moment. */
export function now(): number {
  return performance.now();
}

/** Rejects if `promise` takes longer than `ms` milliseconds. */
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
