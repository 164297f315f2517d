import type { UplinkLimit } from './media-types.ts';
import type { DeviceChoice } from './open-devices.ts';

/** Kinds to mute (true) or unmute (false). `audio` is the microphone, `video` the camera; a screen share has no mute. */
export interface Muted {
  readonly audio?: boolean | undefined;
  readonly video?: boolean | undefined;
}

/** The microphone and the camera of this side. */
export interface Devices {
  /** What is muted, with or without a track: it also holds for the next track. */
  readonly muted: { readonly audio: boolean; readonly video: boolean };
  /**
   * Sends another microphone, or none, without a new negotiation. Resolves when it is sent to every peer. If no peer can
   * be sent it, the previous track continues; if only some can't, the others keep the new one. The caller stops the track,
   * even if this rejects.
   * @throws ParleyClientError `media_failed` if it can't be sent to one or more peers, `closed` if the call is over
   * @throws TypeError if it is a video track
   * @example
   * const stream = await navigator.mediaDevices.getUserMedia({ audio: { deviceId: { exact: headset } } });
   * await call.setMicrophone(stream.getAudioTracks()[0] ?? null);
   */
  setMicrophone(track: MediaStreamTrack | null): Promise<void>;
  /**
   * Sends another camera, or none; otherwise as `setMicrophone`.
   * @throws ParleyClientError `media_failed`, `closed`
   * @throws TypeError if it is an audio track
   * @example
   * await call.setCamera(null); // peer.camera is null for the others
   */
  setCamera(track: MediaStreamTrack | null): Promise<void>;
  /**
   * Mutes or unmutes the named kinds by `track.enabled`, and tells the others. A muted kind stays muted when its track
   * is replaced. A kind that `you.send` lacks is muted, and stays so when the right is given back: nobody goes on air
   * unasked.
   * @example
   * muteButton.onclick = () => call.setMuted({ audio: !call.muted.audio });
   */
  setMuted(muted: Muted): void;
}

/**
 * This side's place in the line before a room with a waiting room. Devices can be changed and muted already: nothing is
 * sent before a host lets this side in.
 */
export interface Waiting extends Devices {
  readonly knockId: string;
  readonly room: { readonly id: string; readonly name: string | null };
  /**
   * Stops waiting; `client.join` rejects with `closed`.
   * @example
   * cancelButton.onclick = () => waiting.leave();
   */
  leave(): Promise<void>;
}

/** How `client.join` enters a room; everything is optional. */
export interface JoinOptions {
  /** The room's password, if it has one. */
  readonly password?: string | undefined;
  /** The secret of an invitation's link: it replaces the password, and gives the rights that the invitation names. */
  readonly invite?: string | undefined;
  /**
   * Called if a host must let this side in: `join` resolves once one does. Called again, with another `knockId`, if the
   * place in the line was lost with the session.
   * @example
   * const call = await client.join(roomId, {
   *   onWaiting: ({ room, leave }) => showWaiting(room.name, { onCancel: leave }),
   * });
   */
  readonly onWaiting?: ((waiting: Waiting) => void) | undefined;
  /** Gives up when it is aborted, also while a host lets this side wait: `join` rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** What the application tells the others about this person: any JSON, at most `LIMITS.userInfo.max` characters. */
  readonly userInfo?: unknown;
  /** If its `enabled` is false, this side joins muted: the others are told so, and hear nothing until `setMuted`. */
  readonly microphone?: MediaStreamTrack | null | undefined;
  /** If its `enabled` is false, this side joins without a picture. */
  readonly camera?: MediaStreamTrack | null | undefined;
  /** Kinds to mute before anything is sent. False or absent unmutes nothing: `track.enabled` stays as it is. */
  readonly muted?: Muted | undefined;
  /** How much this side may send at first; default `auto`. `call.setUplink` changes it. */
  readonly uplink?: UplinkLimit | undefined;
  /** The most that this side ever sends, whatever `call.setUplink` says: bits per second, at least 50,000. Default: no limit. */
  readonly maxUplink?: number | undefined;
  /**
   * Hides this side's IP address from the others: media goes through the server's TURN relay alone, which takes longer and may
   * cost quality. Default: false. Rejects with `no_relay` if the server has none. Others may still tell theirs; a room with
   * `relayOnly` hides everybody's.
   */
  readonly hideAddress?: boolean | undefined;
  /**
   * `iceTransportPolicy: 'relay'` sends all media through a TURN server; default `all`. In a room with `relayOnly` it is
   * always `relay`.
   */
  readonly rtc?: { readonly iceTransportPolicy?: RTCIceTransportPolicy | undefined } | undefined;
}

/** The room that is to be joined as soon as the session is open. What is given here must be given to `join` too. */
export interface NextRoom extends Pick<JoinOptions, 'password' | 'invite' | 'rtc' | 'hideAddress'> {
  readonly roomId: string;
}

/** An access token, or a function that gets one. `fresh`: the last token is about to expire or was refused. */
export type TokenSource = string | ((fresh: boolean) => string | Promise<string>);

/** How `joinCall` comes into a call. */
export interface JoinCallOptions extends Omit<JoinOptions, 'camera' | 'microphone'> {
  /** The link to the call, `https://…/connect/<room id>`, with its `?invite=` if it has one. */
  readonly url: string | URL;
  /** The name that the others see. */
  readonly name?: string | undefined;
  /** An access token of the person's own; default: a new guest. */
  readonly token?: TokenSource | undefined;
  /** Whether to open the camera, or which one; or a track of the caller's. Default: none. */
  readonly camera?: DeviceChoice;
  /** Whether to open the microphone, or which one; or a track of the caller's. Default: none. */
  readonly microphone?: DeviceChoice;
  /** Where everybody is shown. Default: nowhere; `peer.attach` shows one. */
  readonly element?: HTMLElement | null | undefined;
  /**
   * A device that was opened here is gone: unplugged, or taken by another program. The SDK opens what the browser has in its
   * place and sends that; without it, `replaced` is false, and the others hear or see nothing of it from now on.
   * @example
   * onDeviceLost: (kind, replaced) => replaced || warn(`Your ${kind} is gone. Plug it in and join again.`),
   */
  readonly onDeviceLost?: ((kind: 'camera' | 'microphone', replaced: boolean) => void) | undefined;
}
