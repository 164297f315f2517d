import { ParleyError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../protocol/codes.ts';
import { JOIN_REFUSALS } from '../../protocol/place-endpoints.ts';

/** Counts who was refused a room, over WebSocket and HTTP, by the code of the refusal. */
export class RefusedJoins {
  readonly #counts = new Map<ErrorCode, number>(JOIN_REFUSALS.map((code) => [code, 0]));

  /** Counts a refusal. What is wrong with the request itself, such as its token or its JSON, is no refusal of a room. */
  note(refusal: unknown): void {
    const code = refusal instanceof ParleyError ? refusal.code : 'internal';
    const count = this.#counts.get(code);
    if (count !== undefined) this.#counts.set(code, count + 1);
  }

  /** Counts since the start, of all codes. */
  get counts(): ReadonlyMap<ErrorCode, number> {
    return new Map(this.#counts);
  }
}
