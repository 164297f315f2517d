import type { Room } from '../../protocol/room-fields.ts';
import type { Emitter } from '../signaling/emitter.ts';
import type { ServerMessage } from '../signaling/frames.ts';
import type { CallEvents, RemotePeer, Rights } from '../types.ts';
import { ActiveSpeaker } from './active-speaker.ts';
import { Announcements } from './announcements.ts';
import type { CallSession } from './call-session.ts';
import { RoomChat } from './chat.ts';
import { Hands } from './hands.ts';
import { OwnRights } from './hosts.ts';
import { RoomKnocks } from './knocks.ts';
import type { CallDeps } from './link.ts';
import type { CallPart, Inside, PartDeps } from './part.ts';
import type { Remote } from './remote.ts';
import { RoomData } from './shared-data.ts';

interface PartsDeps extends Omit<CallDeps, 'session'>, Pick<PartDeps, 'peers' | 'ownId'> {
  readonly session: CallSession;
  readonly roomId: string;
  readonly room: () => Room;
  readonly emitter: Emitter<CallEvents>;
  /** Stops what this side may not send. */
  readonly permit: (send: Rights['send']) => void;
  /** The others, with how loud they are. */
  readonly levels: () => ReadonlyMap<string, Pick<Remote, 'level'>>;
  readonly onError: (error: unknown) => void;
}

/** The parts of a call besides media: each keeps what the server says about its subject. */
export class Parts {
  readonly rights: OwnRights;
  readonly hands: Hands;
  readonly data: RoomData;
  readonly knocks: RoomKnocks;
  readonly chat: RoomChat;
  readonly activeSpeaker: ActiveSpeaker;
  readonly #all: readonly CallPart[];

  constructor({ emitter, permit, levels, ...deps }: PartsDeps) {
    this.data = new RoomData(deps);
    this.knocks = new RoomKnocks(deps);
    this.hands = new Hands({
      ...deps,
      onHand: (peer, hand) => emitter.emit('hand', peer, hand),
      onReaction: (emoji: string, peer: RemotePeer | undefined) => emitter.emit('reaction', emoji, peer),
    });
    this.rights = new OwnRights({
      ...deps,
      apply: ({ send }) => permit(send),
      onChange: (you) => {
        emitter.emit('you', you);
        if (!you.host) this.knocks.forget();
      },
    });
    this.chat = new RoomChat({ ...deps, isHost: () => this.rights.rights.host });
    this.activeSpeaker = new ActiveSpeaker({
      clock: deps.clock,
      peers: levels,
      onChange: () => emitter.emit('activespeaker', deps.peers().get(this.activeSpeaker.current ?? '')),
    });
    const announcements = new Announcements({ ...deps, emitter });
    this.#all = [this.rights, this.hands, this.data, this.knocks, this.chat, announcements];
  }

  handle(message: ServerMessage): void {
    for (const part of this.#all) part.handle(message);
  }

  enter(inside: Inside, returning: boolean): void {
    this.activeSpeaker.start();
    for (const part of this.#all) part.enter(inside, returning);
  }

  /** The call is over. */
  close(): void {
    this.activeSpeaker.stop();
    this.chat.close();
  }
}
