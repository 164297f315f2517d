import { Avatar } from '../components/avatar.tsx';
import { Icon } from '../components/icon.tsx';
import { VideoTrack } from '../components/video-track.tsx';
import { isolate } from '../i18n/isolate.ts';
import { useMessages } from '../i18n/messages.ts';
import { canGoFullScreen, toggleFullScreen, useFullScreen } from './full-screen.ts';
import type { Rect } from './grid-layout.ts';
import type { Hosting } from './hosting/hosting-model.ts';
import { PersonMenu } from './hosting/person-menu.tsx';
import type { PersonView } from './people.ts';
import { QualitySign } from './quality-sign.tsx';
import type { FloatingReaction } from './reactions.ts';
import type { MeasurePicture } from './shown/shown-pictures.ts';
import type { ViewSettings } from './view-settings.ts';

interface TileProps {
  readonly person: PersonView;
  readonly hosting?: Hosting;
  readonly tileKey: string;
  readonly view: ViewSettings;
  readonly rect: Rect | undefined;
  /** Whether the tile is small and lies over others. */
  readonly floats: boolean;
  /** Width (px) of the lower edge, from the right, that floating tiles cover. The name stays clear of it. */
  readonly covered: number;
  /** For pictures of others. */
  readonly measure?: MeasurePicture;
}

interface PersonTileProps extends TileProps {
  /** The place of the raised hand among all of them, from 1; null while it is down. */
  readonly handOrder: number | null;
  readonly reactions: readonly FloatingReaction[];
  /** Whether the others get this person's own sound alone. */
  readonly soundOnly?: boolean;
}

export function PersonTile(props: PersonTileProps) {
  const {
    person,
    hosting,
    tileKey,
    view,
    rect,
    floats,
    covered,
    measure,
    handOrder,
    reactions,
    soundOnly = false,
  } = props;
  const t = useMessages();
  const name = person.name || t.guest;
  const isHeld = person.camera !== null && person.held.camera;
  const shown = person.isSelf ? (floats ? t.you : `${isolate(name)} · ${t.you}`) : name;
  return (
    <li
      class="tile"
      style={{ ...styleOf(rect), '--covered': `${covered}px` }}
      data-floats={floats}
      data-peer-id={person.peerId}
      data-self={person.isSelf}
      data-state={person.problem ?? 'live'}
      data-speaking={person.speaking}
      data-muted={person.muted}
      data-camera={person.camera === null ? 'off' : 'on'}
      data-held={isHeld}
    >
      <Avatar name={name} seed={person.isSelf ? person.name : person.key} picture={person.picture} />
      {person.camera !== null && (
        <VideoTrack
          track={person.camera}
          mirrored={person.isSelf && view.mirrors.value}
          label={shown}
          measure={measure}
        />
      )}
      {person.problem !== null && (
        <p class="problem" data-problem={person.problem}>
          {person.problem === 'failed' ? <Icon name="alert" /> : <span class="spinner" />}
          <span>{t.call[person.problem]}</span>
        </p>
      )}
      {isHeld && <Held text={t.quality.cameraHeld} />}
      {soundOnly && person.camera !== null && (
        <p class="problem" data-problem="soundOnly">
          <Icon name="cameraOff" />
          <span>{t.quality.soundOnly}</span>
        </p>
      )}
      <p class="name">
        {handOrder !== null && (
          <span class="hand">
            <Icon name="hand" />
            <span aria-hidden="true">{handOrder}</span>
          </span>
        )}
        {person.muted && <Icon name="micOff" />}
        {person.host && <Icon name="host" />}
        <span class="text">{person.isSelf && !floats ? isolate(name) : shown}</span>
        {/* A long name of one's own is cut before this is. */}
        {person.isSelf && !floats && <span class="own">· {t.you}</span>}
        {person.host && <span class="visually-hidden">, {t.rooms.hostMark}</span>}
        {person.muted && <span class="visually-hidden">, {t.call.mutedMark}</span>}
        {person.speaking && <span class="visually-hidden">, {t.call.speakingMark}</span>}
        {handOrder !== null && <span class="visually-hidden">, {t.talk.handMark(handOrder)}</span>}
        {person.quality !== null && <QualitySign quality={person.quality} />}
      </p>
      {person.camera !== null && !person.isSelf && <FullScreenButton label={shown} />}
      {hosting !== undefined && <PersonMenu person={person} hosting={hosting} />}
      {!floats && <PinButton tileKey={tileKey} view={view} label={shown} />}
      {reactions.length > 0 && (
        <span class="floating" aria-hidden="true">
          {reactions.map(({ id, emoji }) => (
            <span key={id} style={{ '--drift': id % 5 }}>
              {emoji}
            </span>
          ))}
        </span>
      )}
    </li>
  );
}

export function ScreenTile({ person, tileKey, view, rect, floats, measure }: TileProps) {
  const t = useMessages();
  const label = person.isSelf ? t.call.sharing : t.call.screenOf(isolate(person.name || t.guest));
  if (person.screen === null) return null;
  return (
    <li
      class={person.isSelf ? 'tile own-screen' : 'tile screen'}
      style={styleOf(rect)}
      data-floats={floats}
      data-screen-of={person.peerId}
      data-held={person.held.screen}
    >
      <VideoTrack track={person.screen} label={label} measure={measure} />
      {person.held.screen && <Held text={t.quality.screenHeld} />}
      <p class="name">
        <Icon name="screen" />
        <span class="text">{label}</span>
      </p>
      {!person.isSelf && <FullScreenButton label={label} />}
      {!floats && <PinButton tileKey={tileKey} view={view} label={label} />}
    </li>
  );
}

/** The picture isn't shown, because the person has stopped sending it. */
function Held({ text }: { readonly text: string }) {
  return (
    <p class="held">
      <Icon name="pause" />
      <span>{text}</span>
    </p>
  );
}

interface PinButtonProps {
  readonly tileKey: string;
  readonly view: ViewSettings;
  readonly label: string;
}

/** Keeps the tile large, or no longer. */
function PinButton({ tileKey, view, label }: PinButtonProps) {
  const t = useMessages();
  const isPinned = view.pinned.value === tileKey;
  return (
    <button
      type="button"
      class="pin-button"
      aria-pressed={isPinned}
      aria-label={isPinned ? t.talk.unpin(label) : t.talk.pin(label)}
      onClick={() => view.togglePin(tileKey)}
    >
      <Icon name="pin" />
    </button>
  );
}

/** Toggles full screen of the tile that contains the button. */
function FullScreenButton({ label }: { label: string }) {
  const t = useMessages();
  // Only the tile in full screen is visible, so if there is one, it is this one.
  const fills = useFullScreen().value?.matches('.tile') === true;
  if (!canGoFullScreen()) return null;
  return (
    <button
      type="button"
      class="enlarge"
      aria-label={fills ? t.call.exitFullScreen : t.call.enlarge(label)}
      onClick={(event) => {
        const tile = event.currentTarget.closest('.tile');
        if (tile !== null) toggleFullScreen(tile);
      }}
    >
      <Icon name={fills ? 'shrink' : 'expand'} />
    </button>
  );
}

/** Preact sets these through the CSSOM; the page's CSP forbids style attributes in markup. */
export function styleOf(rect: Rect | undefined) {
  if (rect === undefined) return { display: 'none' };
  return {
    width: `${rect.width}px`,
    height: `${rect.height}px`,
    transform: `translate(${rect.x}px, ${rect.y}px)`,
  };
}
