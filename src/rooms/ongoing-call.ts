import type { RoomId, UserId } from '../domain/ids.ts';
import type { CallPerson, CallRow, CallWithPeople } from '../store/contract.ts';

/** Max people of one call whose time is noted; whoever comes later isn't listed. */
export const PEOPLE_PER_CALL = 1_000;

type Person = { -readonly [name in keyof CallPerson]: CallPerson[name] };

/** A call that goes on: from two inside to fewer. */
export class OngoingCall {
  readonly id: string;
  readonly roomId: RoomId;
  readonly startedAt: number;
  endedAt: number | null = null;
  peak: number;
  readonly #people = new Map<UserId, Person>();
  /** Not stored yet. Undefined for nobody: most calls are quiet most of the time. */
  #changed: Set<Person> | undefined;

  constructor({ id, roomId, startedAt, peak }: Omit<CallRow, 'endedAt'>) {
    this.id = id;
    this.roomId = roomId;
    this.startedAt = startedAt;
    this.peak = peak;
  }

  /** Returns a call as it was stored. */
  static of({ people, ...row }: CallWithPeople): OngoingCall {
    const call = new OngoingCall(row);
    for (const person of people) call.#people.set(person.userId, { ...person });
    return call;
  }

  /** Somebody is inside from then on; a user who is inside already, with another peer, changes nothing. */
  enter(userId: UserId, displayName: string | null, at: number): void {
    const person = this.#people.get(userId);
    if (person === undefined) {
      if (this.#people.size >= PEOPLE_PER_CALL) return;
      const added = { userId, displayName, insideMs: 0, insideSince: at };
      this.#people.set(userId, added);
      this.#noteChange(added);
    } else if (person.insideSince === null) {
      person.insideSince = at;
      person.displayName = displayName;
      this.#noteChange(person);
    }
  }

  /** The last peer of a user has left. @param displayName undefined: the same as before */
  leave(userId: UserId, displayName: string | null | undefined, at: number): void {
    const person = this.#people.get(userId);
    if (person === undefined || person.insideSince === null) return;
    person.insideMs += Math.max(at - person.insideSince, 0);
    person.insideSince = null;
    if (displayName !== undefined) person.displayName = displayName;
    this.#noteChange(person);
  }

  /** Whoever isn't one of these left at that time. */
  keepOnly(users: ReadonlySet<UserId>, at: number): void {
    for (const { userId } of [...this.#people.values()])
      if (!users.has(userId)) this.leave(userId, undefined, at);
  }

  end(at: number): void {
    this.endedAt = Math.max(at, this.startedAt);
    this.keepOnly(new Set(), this.endedAt);
  }

  get row(): CallRow {
    const { id, roomId, startedAt, endedAt, peak } = this;
    return { id, roomId, startedAt, endedAt, peak };
  }

  /** Whether somebody has changed since `takeChanged`. */
  get hasChanged(): boolean {
    return this.#changed !== undefined;
  }

  /** Returns those who have changed since the last time. */
  takeChanged(): CallPerson[] {
    const changed = [...(this.#changed ?? [])];
    this.#changed = undefined;
    return changed.map((person) => ({ ...person }));
  }

  #noteChange(person: Person): void {
    this.#changed ??= new Set();
    this.#changed.add(person);
  }
}
