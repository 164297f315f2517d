import type { Accounts } from '../accounts/accounts.ts';
import type { Clock } from '../lib/clock.ts';
import { continueFor } from '../lib/continuation.ts';
import { isoTime } from '../lib/iso-time.ts';
import type { RoomTokens } from '../rooms/room-tokens.ts';
import type { Hub } from '../signaling/hub.ts';
import type { Handlers } from './handlers.ts';

interface SessionMessagesDeps {
  readonly hub: Pick<Hub, 'renew' | 'bye'>;
  readonly accounts: Pick<Accounts, 'verify' | 'remembered'>;
  readonly roomTokens: Pick<RoomTokens, 'check'>;
  readonly clock: Clock;
}

/** What a client says about its own session [SE6]. */
export function sessionMessages({ hub, accounts, roomTokens, clock }: SessionMessagesDeps) {
  return {
    'session:token'(session, { id, payload: { token } }) {
      const { client } = session;
      return continueFor(session, accounts.verify(token, client), (identity) => {
        return continueFor(session, roomTokens.check(identity), () => {
          // The login may have been ended while the token was verified: `remembered` refuses it then.
          hub.renew(session, accounts.remembered(token, client) ?? identity);
          session.acknowledge(id);
        });
      });
    },
    'session:bye'(session, { id }) {
      session.acknowledge(id);
      hub.bye(session);
    },
    ping(session, { id }) {
      session.send('pong', { serverTime: isoTime(clock.now()) }, id);
    },
  } satisfies Partial<Handlers>;
}
