import type { Peer } from '../../../protocol/fields.ts';
import { SEND_KINDS } from '../../../protocol/room-fields.ts';
import type { IncomingCall } from '../../types.ts';
import type { RemoteDeps } from '../link.ts';
import { Remote } from '../remote.ts';

/** The other side of a direct call. */
export class DirectRemote extends Remote {
  /** @param offers whether this side calls; otherwise it waits for `receiveOffer` */
  constructor(deps: RemoteDeps, user: IncomingCall['from'], offers: boolean) {
    super(deps, peerOf(user, !offers), offers);
  }

  /** A session of the user takes part from now on: signals can be answered. */
  meet(peerId: string, polite: boolean): void {
    this.facts = { ...this.facts, peerId, polite };
    this.setState('live');
    this.retry('unknown');
  }
}

/** The user before one of its sessions takes part: nobody could answer a signal, so nothing is offered again. */
function peerOf({ userId, username, displayName }: IncomingCall['from'], polite: boolean): Peer {
  return {
    peerId: userId,
    userId,
    username,
    displayName,
    userInfo: null,
    media: { audio: false, video: false, screen: false },
    state: 'suspended',
    polite,
    host: false,
    send: [...SEND_KINDS],
    hand: null,
  };
}
