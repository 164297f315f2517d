import { Emitter } from '../signaling/emitter.ts';
import type { ServerMessage } from '../signaling/frames.ts';
import type { Knock, Knocks, KnocksEvents, WaitOptions } from '../types.ts';
import type { CallPart, Inside, PartDeps } from './part.ts';
import { isSame } from './remote-facts.ts';

/** Who waits to be let in, as the server tells hosts [KN2]. */
export class RoomKnocks implements Knocks, CallPart {
  readonly #session: PartDeps['session'];
  readonly #emitter = new Emitter<KnocksEvents>();
  #items: readonly Knock[] = [];

  readonly on = this.#emitter.on;
  readonly once = this.#emitter.once;

  constructor({ session }: Pick<PartDeps, 'session'>) {
    this.#session = session;
  }

  get items(): readonly Knock[] {
    return this.#items;
  }

  async admit({ knockId }: Pick<Knock, 'knockId'>, options?: WaitOptions): Promise<void> {
    await this.#session.request('room:admit', { knockId }, options);
  }

  async admitAll(options?: WaitOptions): Promise<void> {
    await this.#session.request('room:admit', { all: true }, options);
  }

  async refuse({ knockId }: Pick<Knock, 'knockId'>, options?: WaitOptions): Promise<void> {
    await this.#session.request('room:refuse', { knockId }, options);
  }

  /** A host is told the list after entry if there is a waiting room; anybody else knows of nobody. */
  enter({ room, you }: Inside): void {
    if (!(room.waitingRoom && you.host)) this.forget();
  }

  handle(message: ServerMessage): void {
    if (message.event === 'room:knocks') this.#set(message.payload.items);
  }

  /** Call it when this side is a host no longer. */
  forget(): void {
    this.#set([]);
  }

  #set(items: readonly Knock[]): void {
    if (isSame(items, this.#items)) return;
    this.#items = items;
    this.#emitter.emit('change', items);
  }
}
