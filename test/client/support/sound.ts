import type { SdkWindow } from './in-page.ts';

/** What this side has heard of the first of the others since their connection began. */
export interface Sound {
  /** Seconds of audio played out, silence included. */
  readonly seconds: number;
  /** Sum of the squared amplitude over time (W3C webrtc-stats, `totalAudioEnergy`); it stands still in silence. */
  readonly energy: number;
}

/** Runs in the page. The SDK's stats say nothing about loudness, so this reads the browser's report on its way to them. */
export async function sound(): Promise<Sound> {
  const own: SdkWindow = window;
  const [peer] = own.call?.peers.values() ?? [];
  const { getStats } = RTCPeerConnection.prototype;
  const heard = { seconds: 0, energy: 0 };
  RTCPeerConnection.prototype.getStats = async function () {
    const report = await getStats.call(this);
    report.forEach((entry) => {
      if (entry.type !== 'inbound-rtp' || entry.kind !== 'audio') return;
      heard.seconds += entry.totalSamplesDuration ?? 0;
      heard.energy += entry.totalAudioEnergy ?? 0;
    });
    return report;
  };
  try {
    await peer?.stats();
  } finally {
    RTCPeerConnection.prototype.getStats = getStats;
  }
  return heard;
}
