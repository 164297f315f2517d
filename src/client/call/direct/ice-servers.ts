import { IceServersReply } from '../../../protocol/bodies.ts';
import type { IceServer } from '../../../protocol/fields.ts';
import { send, withToken } from '../../http.ts';
import type { CallDeps } from '../link.ts';

/** Milliseconds before the credentials expire at which new ones are asked for; also the shortest time between two requests. */
const RENEW_BEFORE_MS = 60_000;
/** Max milliseconds of a timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

interface IceServersDeps extends Pick<CallDeps, 'account' | 'clock'> {
  readonly onServers: (servers: readonly IceServer[]) => void;
  /** Servers could not be renewed. */
  readonly onError: (error: unknown) => void;
}

/** The ICE servers of a direct call: no event brings them, as it does in a room, so they are asked for. */
export class IceServers {
  readonly #deps: IceServersDeps;
  #cancel = () => {};
  #stopped = false;

  constructor(deps: IceServersDeps) {
    this.#deps = deps;
  }

  /** Resolves with the first ones known. @throws ParleyClientError `unauthorized`, `network`, `timeout` */
  async start(): Promise<void> {
    const { account, clock, onServers, onError } = this.#deps;
    const { iceServers, expiresAt } = await withToken(account, (token) =>
      send(account.baseUrl, 'GET /ice-servers', IceServersReply, { token }),
    );
    if (this.#stopped) return;
    onServers(iceServers);
    const ms = Math.max(Date.parse(expiresAt) - clock.now() - RENEW_BEFORE_MS, RENEW_BEFORE_MS);
    this.#cancel = clock.after(Math.min(ms, MAX_TIMER_MS), () => void this.start().catch(onError));
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }
}
