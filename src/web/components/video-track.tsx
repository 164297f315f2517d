import { useEffect, useRef, useState } from 'preact/hooks';

interface VideoTrackProps {
  readonly track: MediaStreamTrack;
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
    // Rejected where the element goes before it plays.
    element.play().catch(() => {});
    return () => {
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
      data-mirrored={mirrored}
      playsInline
      autoPlay
      muted
      onLoadedData={measure}
      onResize={measure}
    />
  );
}
