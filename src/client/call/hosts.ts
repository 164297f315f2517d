import type { ServerMessage } from '../signaling/frames.ts';
import type { Hosts, Rights } from '../types.ts';
import type { CallPart, Inside, PartDeps } from './part.ts';
import { isSame } from './remote-facts.ts';

/** What hosts do about the rights of others [RM6]. */
export function createHosts({ session }: Pick<PartDeps, 'session'>): Hosts {
  return {
    async set({ peerId }, host, options) {
      await session.request('room:host', { peerId, host }, options);
    },
    async limit({ peerId }, send, options) {
      await session.request('room:send', { peerId, send }, options);
    },
  };
}

interface OwnRightsDeps extends Pick<PartDeps, 'ownId'> {
  /** Called before `onChange`, and on entry: stops what this side may not send. */
  readonly apply: (rights: Rights) => void;
  readonly onChange: (rights: Rights) => void;
}

/** What this side may do. */
export class OwnRights implements CallPart {
  readonly #deps: OwnRightsDeps;
  #rights: Rights = { host: false, send: [] };

  constructor(deps: OwnRightsDeps) {
    this.#deps = deps;
  }

  get rights(): Rights {
    return this.#rights;
  }

  enter({ you }: Inside, returning: boolean): void {
    this.#set(you, returning);
  }

  handle(message: ServerMessage): void {
    if (message.event !== 'peer:host' && message.event !== 'peer:send') return;
    const { peerId, ...right } = message.payload;
    if (peerId === this.#deps.ownId()) this.#set({ ...this.#rights, ...right }, true);
  }

  #set(rights: Rights, told: boolean): void {
    const changed = !isSame(rights, this.#rights);
    this.#rights = { host: rights.host, send: rights.send };
    this.#deps.apply(this.#rights);
    if (changed && told) this.#deps.onChange(this.#rights);
  }
}
