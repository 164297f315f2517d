import type { Page } from 'playwright-core';
import type { StandIn } from './stand-in.ts';

interface MiddleWindow extends Window {
  /** Its connections, by the name of the person at the other end. */
  legs?: Record<string, RTCPeerConnection>;
}

/**
 * Makes a server's operator listen to a call of two: each person's messages for the other go to connections of this page's own,
 * which pass sound and pictures on, so that the call goes on as if nothing were. It begins with the next offer.
 * @param page a blank one
 */
export function listenBetween(server: StandIn, page: Page): void {
  server.between = async ({ event, from, to, payload }) => {
    const described = { from, to, sdp: String(payload['sdp']), iceServers: server.iceServers };
    if (event === 'call:ice') await page.evaluate(takeCandidates, { from, payload });
    if (event === 'call:offer') await page.evaluate(takeOffer, described);
    else if (event === 'call:answer') await page.evaluate(takeAnswer, described);
    else return undefined;
    return { ...payload, sdp: await page.evaluate(describe, to) };
  };
}

interface Described {
  readonly from: string;
  readonly to: string;
  readonly sdp: string;
  readonly iceServers: RTCIceServer[];
}

/** Runs in the page. Takes the call, and prepares one of the page's own to the person who is called. */
async function takeOffer({ from, to, sdp, iceServers }: Described): Promise<void> {
  const own: MiddleWindow = window;
  const legs = { [from]: new RTCPeerConnection({ iceServers }), [to]: new RTCPeerConnection({ iceServers }) };
  for (const leg of Object.values(own.legs ?? {})) leg.close();
  own.legs = legs;
  // Chromium decodes sound only for somebody who listens.
  for (const leg of Object.values(legs))
    leg.addEventListener('track', ({ track }) => {
      const player = document.body.appendChild(new Audio());
      player.srcObject = new MediaStream([track]);
      void player.play();
    });
  const [caller, called] = [legs[from], legs[to]];
  if (caller === undefined || called === undefined) throw new Error('a call needs two people');
  await caller.setRemoteDescription({ type: 'offer', sdp });
  for (const { receiver } of caller.getTransceivers()) called.addTransceiver(receiver.track);
  called.createDataChannel('', { negotiated: true, id: 0 });
}

/** Runs in the page. Passes on what the person sends who was called. */
async function takeAnswer({ from, to, sdp }: Described): Promise<void> {
  const own: MiddleWindow = window;
  const [called, caller] = [own.legs?.[from], own.legs?.[to]];
  if (caller === undefined || called === undefined) throw new Error('nobody has called');
  await called.setRemoteDescription({ type: 'answer', sdp });
  for (const [index, transceiver] of caller.getTransceivers().entries()) {
    const track = called.getTransceivers()[index]?.receiver.track;
    if (track !== undefined) await transceiver.sender.replaceTrack(track);
    transceiver.direction = 'sendrecv';
  }
}

/** Runs in the page. Resolves with the page's own description for one person, with all its candidates. */
async function describe(person: string): Promise<string> {
  const own: MiddleWindow = window;
  const leg = own.legs?.[person];
  if (leg === undefined) throw new Error('nobody has called');
  await leg.setLocalDescription();
  if (leg.iceGatheringState !== 'complete')
    await new Promise((done) => {
      leg.addEventListener('icegatheringstatechange', () => {
        if (leg.iceGatheringState === 'complete') done(undefined);
      });
    });
  return leg.localDescription?.sdp ?? '';
}

/** Runs in the page. */
async function takeCandidates({
  from,
  payload,
}: {
  from: string;
  payload: Record<string, unknown>;
}): Promise<void> {
  const own: MiddleWindow = window;
  const told = payload['candidates'] ?? [payload['candidate']];
  for (const candidate of Array.isArray(told) ? told : []) {
    // One may come after the connection that it was for.
    await own.legs?.[from]?.addIceCandidate(candidate ?? undefined).catch(() => {});
  }
}
