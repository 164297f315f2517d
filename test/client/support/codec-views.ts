/** Functions that run in the page. Each is sent there by itself, so it can't use anything else in this file. */

import type { SdkWindow } from './in-page.ts';

/** How one connection sends, as far as it does. */
export interface SenderView {
  /** The codec that the peer's description has first for sound. Stats name Opus also inside RED. */
  readonly audio: string | undefined;
  /** MIME types of the codecs that are sent now. */
  readonly video: string | undefined;
  readonly screen: string | undefined;
  /** The parameters of Opus in the peer's description. */
  readonly fmtp: string | undefined;
  readonly priority: string | undefined;
  readonly hints: string[];
  readonly degradation: string[];
}

/** @param hardware the codecs that MediaCapabilities is to call power-efficient */
export function pretendHardware(hardware: readonly string[]): void {
  navigator.mediaCapabilities.encodingInfo = async (asked) => {
    const codec = asked.video?.contentType.replace('video/', '') ?? '';
    return { supported: true, smooth: true, powerEfficient: hardware.includes(codec), configuration: asked };
  };
}

export async function senders(): Promise<SenderView[]> {
  const own: SdkWindow = window;
  const used = (own.connections ?? []).filter(({ connectionState }) => connectionState === 'connected');
  return Promise.all(
    used.map(async (connection) => {
      const report = await connection.getStats();
      const parts: Record<string, unknown>[] = [];
      report.forEach((part: Record<string, unknown>) => {
        parts.push(part);
      });
      const codecOf = (mid: string | null | undefined): string | undefined => {
        const sent = parts.find(({ type, mid: own }) => type === 'outbound-rtp' && own === mid);
        const codec = parts.find(({ id }) => id !== undefined && id === sent?.['codecId']);
        return typeof codec?.['mimeType'] === 'string' ? codec['mimeType'] : undefined;
      };
      const firstOf = (sdp: string): string | undefined => {
        const type = /m=audio \d+ \S+ (\d+)/.exec(sdp)?.[1];
        return new RegExp(`a=rtpmap:${type} ([^/]+)`).exec(sdp)?.[1];
      };
      const sending = connection.getTransceivers().filter(({ sender }) => sender.track !== null);
      const ofKind = (kind: string) => sending.filter(({ sender }) => sender.track?.kind === kind);
      const [microphone] = ofKind('audio');
      const [camera, screen] = ofKind('video');
      return {
        audio: firstOf(connection.remoteDescription?.sdp ?? ''),
        video: codecOf(camera?.mid),
        screen: codecOf(screen?.mid),
        fmtp: /a=fmtp:111 .*/.exec(connection.remoteDescription?.sdp ?? '')?.[0],
        priority: microphone?.sender.getParameters().encodings[0]?.priority,
        hints: sending.map(({ sender }) => sender.track?.contentHint ?? ''),
        degradation: ofKind('video').map(({ sender }) =>
          String(Reflect.get(sender.getParameters(), 'degradationPreference')),
        ),
      };
    }),
  );
}

/** Several people come into a room, one after the other, from this one page; they send nothing. */
export async function joinAll({ roomId, names }: { roomId: string; names: string[] }): Promise<void> {
  const own: SdkWindow = window;
  for (const [others, token] of names.entries()) {
    await (await own.parley?.connect({ token }))?.join(roomId);
    // The next one comes once all have answered, so that both sides of each connection count the same people.
    const described = () =>
      own.connections?.filter(({ remoteDescription }) => remoteDescription !== null).length ?? 0;
    while (described() < others * (others + 1)) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What the peer's description has first for sound, on each connection. */
export function firstCodecs(): (string | undefined)[] {
  const own: SdkWindow = window;
  return (own.connections ?? []).flatMap(({ remoteDescription }) => {
    if (remoteDescription === null) return [];
    const type = /m=audio \d+ \S+ (\d+)/.exec(remoteDescription.sdp)?.[1];
    return [new RegExp(`a=rtpmap:${type} ([^/]+)`).exec(remoteDescription.sdp)?.[1]];
  });
}
