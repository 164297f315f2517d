import type { MediaState, Peer } from '../../protocol/fields.ts';
import { Emitter } from '../signaling/emitter.ts';
import type { PeerEvents, Rights } from '../types.ts';
import { permittedMedia } from './rights.ts';

/** What the server says about somebody else in the call. */
export class RemoteFacts {
  readonly key: string;
  protected readonly emitter = new Emitter<PeerEvents>();
  protected facts: Peer;
  #speaking = false;
  #typing = false;

  readonly on = this.emitter.on;
  readonly once = this.emitter.once;

  constructor(peer: Peer) {
    this.key = peer.peerId;
    this.facts = peer;
  }

  get peer(): Peer {
    return this.facts;
  }
  get peerId(): string {
    return this.facts.peerId;
  }
  get userId(): string {
    return this.facts.userId;
  }
  get username(): string | null {
    return this.facts.username;
  }
  get displayName(): string | null {
    return this.facts.displayName;
  }
  get userInfo(): unknown {
    return this.facts.userInfo;
  }
  get media(): MediaState {
    return permittedMedia(this.facts.media, this.facts.send);
  }
  get host(): boolean {
    return this.facts.host;
  }
  get send(): Rights['send'] {
    return this.facts.send;
  }
  get hand(): string | null {
    return this.facts.hand;
  }
  get state(): Peer['state'] {
    return this.facts.state;
  }
  get speaking(): boolean {
    return this.#speaking;
  }
  get typing(): boolean {
    return this.#typing;
  }

  setSpeaking(speaking: boolean): void {
    if (this.#speaking === speaking) return;
    this.#speaking = speaking;
    this.emitter.emit('speaking', speaking);
  }

  setTyping(typing: boolean): void {
    if (this.#typing === typing) return;
    this.#typing = typing;
    this.emitter.emit('typing', typing);
  }

  setState(state: Peer['state']): void {
    if (this.facts.state === state) return;
    this.facts = { ...this.facts, state };
    if (state === 'suspended') {
      this.setSpeaking(false);
      this.setTyping(false);
    }
    this.emitter.emit('state', state);
  }

  setHand(hand: string | null): void {
    if (this.facts.hand === hand) return;
    this.facts = { ...this.facts, hand };
    this.emitter.emit('hand', hand);
  }

  setProfile({ displayName, userInfo }: Pick<Peer, 'displayName' | 'userInfo'>): void {
    const { displayName: oldName, userInfo: oldInfo } = this.facts;
    if (displayName === oldName && isSame(userInfo, oldInfo)) return;
    this.facts = { ...this.facts, displayName, userInfo };
    this.emitter.emit('profile', { displayName, userInfo });
  }
}

/** Whether two values are the same JSON. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
