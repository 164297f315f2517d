import { useEffect, useRef, useState } from 'preact/hooks';
import { keepPlaying } from '../media/keep-playing.ts';
import { originOf } from '../media/open-track.ts';

interface VideoTrackProps {
  readonly track: MediaStreamTrack;
  /** One's own picture, as in a mirror; a phone's back camera is not turned around. */
  readonly mirrored?: boolean;
  readonly label: string;
}

/** The picture of a track, silent: sound has elements of its own. Shown from its first frame on. */
export function VideoTrack({ track, mirrored = false, label }: VideoTrackProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [shape, setShape] = useState<'none' | 'landscape' | 'portrait'>('none');
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = new MediaStream([track]);
    element.muted = true;
    const stop = keepPlaying(element, track);
    return () => {
      stop();
      element.srcObject = null;
    };
  }, [track]);
  const measure = () => {
    const { videoWidth = 0, videoHeight = 0 } = video.current ?? {};
    if (videoWidth > 0) setShape(videoHeight > videoWidth ? 'portrait' : 'landscape');
  };
  return (
    <video
      ref={video}
      class="picture"
      aria-label={label}
      data-shape={shape}
      data-mirrored={mirrored && originOf(track).facing !== 'environment'}
      playsInline
      autoPlay
      muted
      onLoadedData={measure}
      onResize={measure}
    />
  );
}
