import type { Identity } from '../../domain/identity.ts';
import type { Log } from '../../lib/log.ts';
import type { EndpointName } from '../../protocol/endpoint-types.ts';
import type { Endpoint } from '../../protocol/endpoints.ts';

/** A request that has succeeded. */
interface Done {
  readonly name: EndpointName;
  readonly endpoint: Pick<Endpoint, 'method' | 'who'>;
  readonly identity: Pick<Identity, 'userId' | 'role'>;
  /** Of the endpoint's path. */
  readonly params: ReadonlyMap<string, string>;
  /** What the handler adds. */
  readonly noted: Readonly<Record<string, unknown>>;
}

/** Returns what logs each action of an admin: who, what, to whom [AD7]. */
export function createAudit(log: Pick<Log, 'info'>): (done: Done) => void {
  return (done) => {
    if (!isOfAdmin(done)) return;
    const { name, identity, params, noted } = done;
    log.info('an admin acted', {
      action: name,
      by: identity.userId,
      ...Object.fromEntries(params),
      ...noted,
    });
  };
}

/** Whether it changed something that is neither the admin's own account nor open to everybody. */
function isOfAdmin({ endpoint: { method, who }, identity: { userId, role }, params }: Done): boolean {
  if (method === 'GET') return false;
  if (who === 'admin') return true;
  if (role !== 'admin') return false;
  return who === 'host' || (who === 'self_or_admin' && params.get('id') !== userId);
}
