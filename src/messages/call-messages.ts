import type { Hub } from '../signaling/hub.ts';
import type { Handlers } from './handlers.ts';

interface CallMessagesDeps {
  readonly hub: { readonly callPaths: Pick<Hub['callPaths'], 'report'> };
}

/** What a client says about its calls, for the operator [CA8]. Messages to peers never come here: the inbox relays them. */
export function callMessages({ hub }: CallMessagesDeps) {
  return {
    'call:path'(session, { id, payload: { to, path } }) {
      hub.callPaths.report(session, to, path);
      session.acknowledge(id);
    },
  } satisfies Partial<Handlers>;
}
