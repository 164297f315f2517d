/** Messages from one to another, numbered from 1. */
interface Flow {
  readonly name: string;
  sent: number;
  /** The highest number received. */
  highest: number;
  /** Lower numbers that weren't received. */
  readonly missing: Set<number>;
}

/** Max violations that are listed; the others are only counted. */
const TOLD = 20;

/**
 * Records numbered messages sent and received between pairs, and finds those that were lost, repeated, or out of order
 * [SE3].
 */
export class Ledger {
  /** Tells messages of this ledger from late ones of an earlier ledger. */
  readonly epoch: number;
  readonly #flows = new Map<string, Flow>();
  readonly #faults: string[] = [];
  #sent = 0;
  #arrived = 0;
  #settled: (() => void) | undefined;

  constructor(epoch = 0) {
    this.epoch = epoch;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Messages that were received, each counted once. */
  get arrived(): number {
    return this.#arrived;
  }

  /** @returns the number that the message must carry */
  send(from: string, to: string): number {
    const flow = this.#flow(from, to);
    flow.sent += 1;
    this.#sent += 1;
    return flow.sent;
  }

  receive(from: string, to: string, number: number): void {
    const flow = this.#flow(from, to);
    if (!Number.isSafeInteger(number) || number < 1 || number > flow.sent) {
      this.#faults.push(`${flow.name} ${number}: never sent`);
    } else if (number > flow.highest) {
      for (let skipped = flow.highest + 1; skipped < number; skipped++) flow.missing.add(skipped);
      flow.highest = number;
      this.#count();
    } else if (flow.missing.delete(number)) {
      this.#faults.push(`${flow.name} ${number}: after ${flow.highest}, out of order`);
      this.#count();
    } else this.#faults.push(`${flow.name} ${number}: twice`);
  }

  /** Resolves once everything sent so far was received, or after `ms` milliseconds; then read the violations. */
  settled(ms: number): Promise<void> {
    if (this.#arrived === this.#sent) return Promise.resolve();
    return new Promise((resolve) => {
      const deadline = setTimeout(resolve, ms);
      this.#settled = () => {
        clearTimeout(deadline);
        resolve();
      };
    });
  }

  /** @param losses whether messages may be lost, because the server was killed */
  violations({ losses = false } = {}): string[] {
    const lost = losses ? [] : [...this.#flows.values()].flatMap(lostOf);
    const all = [...this.#faults, ...lost];
    return all.length <= TOLD ? all : [...all.slice(0, TOLD), `and ${all.length - TOLD} more`];
  }

  #flow(from: string, to: string): Flow {
    const name = `${from} → ${to}`;
    const known = this.#flows.get(name);
    if (known !== undefined) return known;
    const flow: Flow = { name, sent: 0, highest: 0, missing: new Set() };
    this.#flows.set(name, flow);
    return flow;
  }

  #count(): void {
    this.#arrived += 1;
    if (this.#arrived === this.#sent) this.#settled?.();
  }
}

function lostOf({ name, sent, highest, missing }: Flow): string[] {
  const inside = [...missing].map((number) => `${name} ${number}: lost`);
  if (sent === highest) return inside;
  return [...inside, `${name} ${highest + 1} to ${sent}: lost`];
}
