import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import * as v from 'valibot';
import type { IceServer } from '../../../src/protocol/fields.ts';
import { launchFirefox } from '../../support/browser/firefox.ts';
import { startRelay } from '../../support/turn/relay.ts';

/**
 * `npm run soak:turn`: a relayed call in Chromium and one in Firefox for 15 minutes, longer than an allocation without a Refresh,
 * a channel and a permission live. Fails if a call receives nothing between two checks, or the relay restarts.
 */
const { values: given } = parseArgs({ options: { minutes: { type: 'string', default: '15' } } });
const LOOK_MS = 10_000;
const looks = Math.ceil((Number(given.minutes) * 60_000) / LOOK_MS);
const Received = v.object({ bytes: v.number(), packets: v.number(), lost: v.number() });
/** Runs in the page: RTP packets that the second connection received. */
const RECEIVED = `window.soakCall[1].getStats().then((stats) => [...stats.values()].reduce(
  (sum, entry) => entry.type !== 'inbound-rtp' ? sum : {
    bytes: sum.bytes + entry.bytesReceived,
    packets: sum.packets + entry.packetsReceived,
    lost: sum.lost + entry.packetsLost,
  }, { bytes: 0, packets: 0, lost: 0 }))`;

interface Page {
  readonly name: string;
  evaluate(expression: string): Promise<unknown>;
}

const relay = await startRelay({ listeningIps: ['0.0.0.0'], allowLoopbackPeers: false });
const site = createServer((_request, response) => response.end('<!doctype html><title>soak</title>'));
await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
const at = site.address();
const url = `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}/`;
const chrome = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
});
const firefox = await launchFirefox();
try {
  await soak();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await chrome.close();
  await firefox.close();
  await relay.close();
  site.close();
}

async function soak(): Promise<void> {
  const chromePage = await chrome.newPage();
  await chromePage.goto(url);
  const firefoxPage = await firefox.newPage(url);
  const pages: Page[] = [
    { name: 'chromium', evaluate: (expression) => chromePage.evaluate(expression) },
    { name: 'firefox', evaluate: (expression) => firefoxPage.evaluate(expression) },
  ];
  const { port, ownAddress } = relay.endpoint;
  for (const { name, evaluate } of pages) {
    const server = { urls: [`turn:${ownAddress}:${port}?transport=udp`], ...relay.credentials(name) };
    await evaluate(`(${startCall.toString()})(${JSON.stringify(server)})`);
  }
  const before = new Map<string, number>();
  for (let look = 1; look <= looks; look++) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const { allocations, packetsInside, denials } = relay.relay.stats();
    const minute = ((look * LOOK_MS) / 60_000).toFixed(1);
    for (const { name, evaluate } of pages) {
      const { bytes, packets, lost } = v.parse(Received, await evaluate(RECEIVED));
      const more = bytes - (before.get(name) ?? 0);
      before.set(name, bytes);
      console.log(
        `${minute} min  ${name.padEnd(8)}  +${more} B media, ${lost} of ${packets + lost} packets lost; ` +
          `relay: ${allocations} allocations, ${packetsInside} packets, dropped ${JSON.stringify(dropped(denials))}`,
      );
      if (more <= 0) throw new Error(`the call in ${name} stood still at minute ${minute}`);
    }
    if (relay.relay.restarts() > 0) throw new Error(`the relay restarted before minute ${minute}`);
  }
  console.log(`passed: ${given.minutes} minutes`);
}

/** What the relay refused or dropped, by reason, if anything. */
function dropped(denials: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(denials).filter(([, count]) => count > 0));
}

/** Runs in the page. */
async function startCall(server: IceServer): Promise<void> {
  const { urls, username = '', credential = '' } = server;
  const config: RTCConfiguration = {
    iceServers: [{ urls, username, credential }],
    iceTransportPolicy: 'relay',
  };
  const one = new RTCPeerConnection(config);
  const other = new RTCPeerConnection(config);
  one.onicecandidate = ({ candidate }) => void other.addIceCandidate(candidate ?? undefined);
  other.onicecandidate = ({ candidate }) => void one.addIceCandidate(candidate ?? undefined);
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  for (const track of stream.getTracks()) one.addTrack(track, stream);
  await one.setLocalDescription();
  if (one.localDescription !== null) await other.setRemoteDescription(one.localDescription);
  await other.setLocalDescription();
  if (other.localDescription !== null) await one.setRemoteDescription(other.localDescription);
  Object.assign(window, { soakCall: [one, other] });
}
