import type { ServerMessage } from '../signaling/frames.ts';
import type { Roster } from './roster.ts';
import { readCandidates, readDescription } from './signals.ts';

/** Hands a message about one peer, or from one, to whom it is for. */
export function dispatch(message: ServerMessage, roster: Roster): void {
  const { peers } = roster;
  switch (message.event) {
    case 'peer:joined':
      roster.meet(message.payload.peer, false);
      break;
    case 'peer:left':
      roster.left(message.payload.peerId, message.payload.reason);
      break;
    case 'peer:suspended':
      peers.get(message.payload.peerId)?.setState('suspended');
      break;
    case 'peer:resumed':
      peers.get(message.payload.peerId)?.setState('live');
      // An offer that fell due while it could not be answered.
      peers.get(message.payload.peerId)?.retry(false);
      break;
    case 'peer:media':
      peers.get(message.payload.peerId)?.setMedia(message.payload);
      break;
    case 'peer:speaking':
      peers.get(message.payload.peerId)?.setSpeaking(message.payload.speaking);
      break;
    case 'peer:typing':
      peers.get(message.payload.peerId)?.setTyping(message.payload.typing);
      break;
    case 'call:offer': {
      const offer = readDescription(message.payload);
      if (offer !== undefined) roster.offering(message.payload.from, offer)?.receiveOffer(offer);
      break;
    }
    case 'call:answer': {
      const answer = readDescription(message.payload);
      if (answer !== undefined) peers.get(message.payload.from)?.connection?.receiveAnswer(answer);
      break;
    }
    case 'call:ice':
      peers.get(message.payload.from)?.connection?.receiveCandidates(readCandidates(message.payload));
      break;
    case 'call:hangup':
      // Of a peer that left, `peer:left` tells as well [CA5].
      if (message.payload.reason !== 'peer_left') peers.get(message.payload.from)?.hangUp();
      break;
    default:
      // The rest is the session's, or of no concern to a call.
      break;
  }
}
