import { useEffect, useRef, useState } from 'preact/hooks';
import { keepPlaying } from '../media/keep-playing.ts';
import { originOf } from '../media/open-track.ts';

interface VideoTrackProps {
  readonly track: MediaStreamTrack;
  /** Mirrors the picture, for a self-view. A phone's back camera is never mirrored. */
  readonly mirrored?: boolean;
  readonly label: string;
  /** Called with the element that shows the track; the returned function is called when it no longer does. */
  readonly measure?: ((video: HTMLVideoElement) => () => void) | undefined;
}

/** Plays a video track without sound; `RemoteSound` plays that. Invisible until the first frame. */
export function VideoTrack({ track, mirrored = false, label, measure }: VideoTrackProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [shape, setShape] = useState<'none' | 'landscape' | 'portrait'>('none');
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = new MediaStream([track]);
    element.muted = true;
    const stop = keepPlaying(element, track);
    const stopMeasuring = measure?.(element);
    return () => {
      stop();
      stopMeasuring?.();
      element.srcObject = null;
    };
  }, [track]);
  const noteShape = () => {
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
      onLoadedData={noteShape}
      onResize={noteShape}
    />
  );
}
