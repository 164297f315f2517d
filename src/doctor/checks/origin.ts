import { type Check, fail, ok, skip } from '../line.ts';
import { openWebSocket, whyNoWebSocket } from './websocket.ts';

/** Whether pages of PUBLIC_URL may connect. */
export const origin: Check = {
  id: 'origin',
  tried: 'open a WebSocket with the Origin of PUBLIC_URL',
  async run(facts) {
    const why = await whyNoWebSocket(facts);
    const { publicUrl } = facts.settings.config;
    if (why !== undefined || publicUrl === undefined) return skip(why ?? '');
    const reached = await openWebSocket(publicUrl, { Origin: publicUrl });
    if (reached.kind === 'upgraded') return ok(`pages of ${publicUrl} may connect`);
    if (reached.kind === 'answered' && reached.status === 403) {
      return fail(
        `the server refuses pages of ${publicUrl} (403)`,
        'Start the server with exactly this PUBLIC_URL (scheme, name and port), or add the origin to CORS_ORIGINS.',
      );
    }
    return skip('no WebSocket opens');
  },
};
