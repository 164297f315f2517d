import { signInAsGuest } from './account/sign-in.ts';
import { showCall } from './call/show-call.ts';
import { connect } from './client.ts';
import { replaceLostDevices } from './lost-devices.ts';
import { openDevices } from './open-devices.ts';
import type { Call, JoinCallOptions } from './types.ts';

/**
 * Comes into a call by its link, with everything that takes: signs in, opens the devices, connects, joins, and shows
 * everybody in `element`. When the call ends, it cleans up: the devices that it opened are stopped, the session is closed, and
 * the element is empty again.
 * @throws ParleyClientError whatever `signInAsGuest`, `connect` and `client.join` throw; `media_failed` if a device can't be
 *   opened; `unsupported` without WebRTC, WebSocket or access to devices
 * @throws TypeError if `url` is no link to a call
 * @example
 * const call = await joinCall({ url, name: 'Ada', camera: true, microphone: true, element: document.querySelector('main') });
 */
export async function joinCall(options: JoinCallOptions): Promise<Call> {
  const { url, name, token, element, camera, microphone, onDeviceLost, ...joining } = options;
  const { baseUrl, roomId, invite } = readLink(url);
  const { signal } = options;
  signal?.throwIfAborted();
  const devices = await openDevices({ camera, microphone });
  try {
    signal?.throwIfAborted();
    const source = token ?? (await signInAsGuest({ baseUrl, displayName: name, signal })).token;
    signal?.throwIfAborted();
    const { password, rtc, hideAddress } = joining;
    const access = { invite: joining.invite ?? invite, password, rtc, hideAddress };
    const client = await connect({ baseUrl, token: source, signal, next: { roomId, ...access } });
    try {
      const call = await client.join(roomId, { ...joining, ...access, ...devices.tracks });
      const hide = element == null ? () => {} : showCall(call, element, devices.tracks.camera);
      const leaveDevices = replaceLostDevices(call, devices, onDeviceLost);
      call.on('ended', () => {
        hide();
        leaveDevices();
        devices.stop();
        client.close();
      });
      if (token !== undefined && name !== undefined) await call.update({ displayName: name });
      return call;
    } catch (error) {
      client.close();
      throw error;
    }
  } catch (error) {
    devices.stop();
    throw error;
  }
}

/** @throws TypeError if it is no link to a call */
function readLink(url: string | URL) {
  const { origin, pathname, searchParams } = new URL(url, globalThis.location?.href);
  const roomId = /^\/connect\/([0-9a-f-]{36})\/?$/i.exec(pathname)?.[1];
  if (roomId === undefined) {
    throw new TypeError(`${origin}${pathname} is no link to a call: expected https://…/connect/<room id>.`);
  }
  const invite = searchParams.get('invite') ?? undefined;
  return { baseUrl: origin, roomId: roomId.toLowerCase(), invite };
}
