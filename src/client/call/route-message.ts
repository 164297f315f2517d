import type { ServerMessage } from '../signaling/frames.ts';
import type { Roster } from './roster.ts';
import { readCandidates, readDescription } from './signals.ts';

/** Passes a message about one peer, or from one, to that peer. */
export function routeMessage(message: ServerMessage, roster: Roster): void {
  const { peers } = roster;
  switch (message.event) {
    case 'peer:joined':
      roster.add(message.payload.peer, false);
      break;
    case 'peer:left':
      roster.remove(message.payload.peerId, message.payload.reason);
      break;
    case 'peer:suspended':
      peers.get(message.payload.peerId)?.setState('suspended');
      break;
    case 'peer:resumed':
      peers.get(message.payload.peerId)?.setState('live');
      // An offer may have fallen due while the peer could not answer it.
      peers.get(message.payload.peerId)?.retry('peer');
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
    case 'peer:host':
      peers.get(message.payload.peerId)?.setRights({ host: message.payload.host });
      break;
    case 'peer:send':
      peers.get(message.payload.peerId)?.setRights({ send: message.payload.send });
      break;
    case 'peer:hand':
      peers.get(message.payload.peerId)?.setHand(message.payload.raised ? message.payload.at : null);
      break;
    case 'peer:updated':
      peers.get(message.payload.peerId)?.setProfile(message.payload);
      break;
    case 'call:offer': {
      // Null: a backend sends for a user who isn't inside, and there is no peer to connect with.
      const { from } = message.payload;
      const offer = readDescription(message.payload);
      if (from !== null && offer !== undefined) roster.claimOffer(from, offer)?.receiveOffer(offer);
      break;
    }
    case 'call:answer': {
      const { from } = message.payload;
      const answer = readDescription(message.payload);
      if (from !== null && answer !== undefined) peers.get(from)?.connection?.receiveAnswer(answer);
      break;
    }
    case 'call:ice':
      peers.get(message.payload.from)?.connection?.receiveCandidates(readCandidates(message.payload));
      break;
    case 'call:hangup':
      // For a peer that left, `peer:left` comes too [CA5].
      if (message.payload.reason !== 'peer_left') peers.get(message.payload.from)?.hangUp();
      break;
    case 'relay:restarted':
      for (const remote of peers.values()) remote.connection?.relayRestarted();
      break;
    default:
      // Other messages are the session's, or don't concern a call.
      break;
  }
}
