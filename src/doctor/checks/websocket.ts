import { CLOSE } from '../../protocol/codes.ts';
import type { Facts } from '../facts/facts.ts';
import { PUBLIC_MS } from '../facts/public-facts.ts';
import { askProof, isHealth } from '../facts/server-facts.ts';
import { probe, type Reached } from '../io/http-probe.ts';
import { type Check, fail, ok, skip } from '../line.ts';

/** Why a WebSocket at PUBLIC_URL needs no try; undefined if it does. */
export async function whyNoWebSocket({ publicUrl, server }: Facts): Promise<string | undefined> {
  const found = await publicUrl();
  if (found.kind === 'not_set') return 'PUBLIC_URL is not set';
  if (found.kind === 'unresolved' || found.reached.kind !== 'answered') return "PUBLIC_URL can't be reached";
  if (found.answer !== undefined) return undefined;
  const local = await server();
  // Without a proof it may be another Parley, but its proxy can be examined all the same.
  if (local.kind === 'unproven' && isHealth(found.reached)) return undefined;
  const { status } = found.reached;
  if (status >= 500) return `PUBLIC_URL answers ${status}`;
  return 'secret' in local ? 'PUBLIC_URL leads to another server' : 'no server has proved itself here';
}

/** Opens a WebSocket without a token, which the server closes at once. */
export function openWebSocket(
  publicUrl: string,
  headers: Readonly<Record<string, string>>,
): Promise<Reached> {
  return probe({ url: new URL('/ws', publicUrl), headers, upgrade: true, timeoutMs: PUBLIC_MS });
}

const PASS_UPGRADES_ON =
  'Let the proxy of PUBLIC_URL pass WebSockets on. nginx: `proxy_http_version 1.1;`, ' +
  '`proxy_set_header Upgrade $http_upgrade;` and `proxy_set_header Connection "upgrade";`.';

/** Whether the server gets the Upgrade header, which uWebSockets.js doesn't insist on. */
async function passesUpgrade({ server }: Facts, publicUrl: string): Promise<boolean> {
  const local = await server();
  if (!('secret' in local)) return true;
  const { answer } = await askProof(new URL(publicUrl), local.secret, PUBLIC_MS, undefined, true);
  return answer?.isUpgrade ?? true;
}

export const websocket: Check = {
  id: 'websocket',
  tried: 'open a WebSocket at PUBLIC_URL',
  async run(facts) {
    const why = await whyNoWebSocket(facts);
    const { publicUrl } = facts.settings.config;
    if (why !== undefined || publicUrl === undefined) return skip(why ?? '');
    const reached = await openWebSocket(publicUrl, {});
    if (reached.kind === 'upgraded' && reached.closeCode === CLOSE.unauthorized) {
      if (await passesUpgrade(facts, publicUrl)) return ok('the proxy, if any, lets WebSockets through');
      return fail(
        'the proxy drops the header Upgrade: WebSockets open only as long as nothing insists on it',
        PASS_UPGRADES_ON,
      );
    }
    if (reached.kind === 'upgraded') {
      return fail('the WebSocket opens, but what the server says through it gets lost', PASS_UPGRADES_ON);
    }
    const said = reached.kind === 'answered' ? `HTTP ${reached.status} instead of 101` : reached.message;
    return fail(`the upgrade to a WebSocket fails: ${said}`, PASS_UPGRADES_ON);
  },
};
