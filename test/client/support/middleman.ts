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
    const sdp = String(payload['sdp']);
    if (event === 'call:offer') return { ...payload, sdp: await page.evaluate(takeOffer, { from, to, sdp }) };
    if (event === 'call:answer')
      return { ...payload, sdp: await page.evaluate(takeAnswer, { from, to, sdp }) };
    if (event === 'call:ice') await page.evaluate(takeCandidates, { from, payload });
    return undefined;
  };
}

interface Described {
  readonly from: string;
  readonly to: string;
  readonly sdp: string;
}

/** Runs in the page. Resolves with an offer of the page's own for the person who is called. */
async function takeOffer({ from, to, sdp }: Described): Promise<string> {
  const own: MiddleWindow = window;
  const legs = { [from]: new RTCPeerConnection(), [to]: new RTCPeerConnection() };
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
  await called.setLocalDescription();
  if (called.iceGatheringState !== 'complete')
    await new Promise((done) => {
      called.addEventListener('icegatheringstatechange', () => {
        if (called.iceGatheringState === 'complete') done(undefined);
      });
    });
  return called.localDescription?.sdp ?? '';
}

/** Runs in the page. Resolves with an answer of the page's own for the person who called. */
async function takeAnswer({ from, to, sdp }: Described): Promise<string> {
  const own: MiddleWindow = window;
  const [called, caller] = [own.legs?.[from], own.legs?.[to]];
  if (caller === undefined || called === undefined) throw new Error('nobody has called');
  await called.setRemoteDescription({ type: 'answer', sdp });
  for (const [index, transceiver] of caller.getTransceivers().entries()) {
    const track = called.getTransceivers()[index]?.receiver.track;
    if (track !== undefined) await transceiver.sender.replaceTrack(track);
    transceiver.direction = 'sendrecv';
  }
  await caller.setLocalDescription();
  if (caller.iceGatheringState !== 'complete')
    await new Promise((done) => {
      caller.addEventListener('icegatheringstatechange', () => {
        if (caller.iceGatheringState === 'complete') done(undefined);
      });
    });
  return caller.localDescription?.sdp ?? '';
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
