import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { canChooseSpeaker } from '../components/device-selects.tsx';
import { Icon } from '../components/icon.tsx';
import { useMessages } from '../i18n/messages.ts';
import { keepPlaying } from '../media/keep-playing.ts';
import { attempt } from '../optional-features.ts';
import type { PersonView } from './people.ts';

interface RemoteSoundProps {
  readonly people: ReadonlySignal<readonly PersonView[]>;
  readonly speaker: ReadonlySignal<string>;
}

/** Plays everybody's sound. Separate from the tiles, so that a tile can be removed without a gap in the voice. */
export function RemoteSound({ people, speaker }: RemoteSoundProps) {
  const t = useMessages();
  const container = useRef<HTMLDivElement>(null);
  const blocked = useSignal(false);
  const tracks = people.value.flatMap(({ microphone, screenAudio }) =>
    [microphone, screenAudio].filter((track) => track !== null),
  );
  const playAll = () => {
    blocked.value = false;
    for (const audio of container.current?.querySelectorAll('audio') ?? []) {
      attempt(
        () => audio.play(),
        () => {
          blocked.value = true;
        },
      );
    }
  };
  return (
    <div ref={container} class="sound">
      {tracks.map((track) => (
        <TrackSound
          key={track.id}
          track={track}
          speaker={speaker.value}
          onBlocked={() => {
            blocked.value = true;
          }}
        />
      ))}
      {blocked.value && tracks.length > 0 && (
        <button type="button" class="button large" onClick={playAll}>
          <Icon name="volume" />
          {usesTouch() ? t.call.hearByTouch : t.call.hear}
        </button>
      )}
    </div>
  );
}

/** Whether the person uses touch, and so taps instead of clicking. */
function usesTouch(): boolean {
  return matchMedia('(hover: none)').matches;
}

interface TrackSoundProps {
  readonly track: MediaStreamTrack;
  readonly speaker: string;
  readonly onBlocked: () => void;
}

function TrackSound({ track, speaker, onBlocked }: TrackSoundProps) {
  const place = useRef<HTMLDivElement>(null);
  const audio = useRef<HTMLAudioElement | null>(null);
  useEffect(() => {
    const element = new Audio();
    audio.current = element;
    place.current?.append(element);
    element.srcObject = new MediaStream([track]);
    const stop = keepPlaying(element, track, { onBlocked });
    return () => {
      stop();
      element.srcObject = null;
      element.remove();
    };
  }, [track]);
  useEffect(() => {
    if (!canChooseSpeaker()) return;
    // If the chosen speaker is gone, sound stays on the system default.
    attempt(() => audio.current?.setSinkId(speaker));
  }, [track, speaker]);
  return <div ref={place} />;
}
