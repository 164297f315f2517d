import type { SdkWindow } from './in-page.ts';

/** What this side has heard of the first of the others since their connection began. */
export interface Sound {
  /** Seconds of audio played out, silence included. */
  readonly seconds: number;
  /** Sum of the squared amplitude over time (W3C webrtc-stats, `totalAudioEnergy`); it stands still in silence. */
  readonly energy: number;
}

/** Runs in the page. The SDK's stats say nothing about loudness, and are read once a second: this asks the browser. */
export async function sound(): Promise<Sound> {
  const own: SdkWindow = window;
  const heard = { seconds: 0, energy: 0 };
  const used = own.connections?.find(({ connectionState }) => connectionState === 'connected');
  (await used?.getStats())?.forEach((entry) => {
    if (entry.type !== 'inbound-rtp' || entry.kind !== 'audio') return;
    heard.seconds += entry.totalSamplesDuration ?? 0;
    heard.energy += entry.totalAudioEnergy ?? 0;
  });
  return heard;
}
