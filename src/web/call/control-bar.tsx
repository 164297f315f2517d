import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Control } from '../components/control.tsx';
import { useMessages } from '../i18n/messages.ts';
import { isHeard } from '../media/devices.ts';
import { usePage } from '../page-context.ts';
import type { Hideable } from '../page-params.ts';
import { type BarSize, useBarSize } from './bar-size.ts';
import type { CallModel } from './call-model.ts';
import { canGoFullScreen, toggleFullScreen, useFullScreen } from './full-screen.ts';
import type { SideTab } from './panels/side-panel.tsx';
import type { PictureInPicture } from './pip/picture-in-picture.ts';
import { ReactionPicker } from './reaction-picker.tsx';
import { hasShareSheet } from './share-link.ts';
import { ChatControl, HandControl, PeopleControl, ReactControl, ShareControl } from './talk-controls.tsx';

export type Panel =
  | 'devices'
  | 'details'
  | 'shortcuts'
  | 'leave'
  | 'view'
  | 'settings'
  | 'invitations'
  | 'bans';

interface ControlBarProps {
  readonly call: CallModel;
  /** The open tab of the side panel; null while it is closed. */
  readonly side: SideTab | null;
  readonly onSide: (tab: SideTab) => void;
  /** Whether the emoji to react with are shown. */
  readonly reacting: Signal<boolean>;
  /** The picture-in-picture window; null if the browser has none. */
  readonly pip: PictureInPicture | null;
  /** Undefined if there is no link to send. */
  readonly onShareLink: (() => void) | undefined;
  readonly onPanel: (panel: Panel) => void;
}

export function ControlBar(props: ControlBarProps) {
  const { call, side, onSide, onPanel } = props;
  const t = useMessages();
  const shows = useShown();
  const size = useBarSize();
  const camera = call.devices.camera.value;
  const microphone = call.devices.microphone.value;
  const openDevices = () => onPanel('devices');
  const noMicrophone = microphone.on && microphone.track === null && microphone.state !== 'starting';
  const noCamera = camera.on && camera.track === null && camera.state !== 'starting';
  const heard = isHeard(microphone);
  return (
    <nav class="controls" aria-label={t.call.controls}>
      <Control
        icon={heard ? 'mic' : 'micOff'}
        label={noMicrophone ? t.call.noMicrophone : heard ? t.call.mute : t.call.unmute}
        off={!heard}
        mutes
        cap="M"
        onClick={noMicrophone ? openDevices : call.toggleMicrophone}
      />
      <Control
        icon={camera.track === null ? 'cameraOff' : 'camera'}
        label={noCamera ? t.call.noCamera : camera.track === null ? t.call.cameraOn : t.call.cameraOff}
        off={camera.track === null}
        cap="V"
        onClick={noCamera ? openDevices : call.toggleCamera}
      />
      {size !== 'small' && shows('share') && (
        <ShareControl call={call} onClick={() => void call.toggleShare()} />
      )}
      {size === 'large' && <HandControl call={call} onClick={call.hands.toggle} />}
      {size === 'large' && <ReactControl reacting={props.reacting} />}
      {size === 'large' && shows('people') && <PeopleControl side={side} onClick={() => onSide('people')} />}
      {shows('chat') && <ChatControl side={side} unread={call.chat.unread} onClick={() => onSide('chat')} />}
      <Extras {...props} size={size} />
      {props.reacting.value && <ReactionPicker call={call} reacting={props.reacting} />}
      <Control icon="leave" label={t.call.leave} tone="leave" onClick={call.leave} />
    </nav>
  );
}

/** Returns whether the page's address leaves a part in. */
function useShown(): (part: Hideable) => boolean {
  const { params } = usePage();
  return (part) => !params.hidden.has(part);
}

/** The less frequent controls: in the toolbar if there is room, in a menu on a phone. */
function Extras(props: ControlBarProps & { readonly size: BarSize }) {
  const { call, side, onSide, onShareLink, onPanel, size } = props;
  const t = useMessages();
  const shows = useShown();
  const full = useFullScreen();
  const open = useSignal(false);
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const inside = event.target instanceof Node && container.current?.contains(event.target);
      if (event instanceof KeyboardEvent ? event.key === 'Escape' : !inside) open.value = false;
    };
    addEventListener('pointerdown', close);
    addEventListener('keydown', close);
    return () => {
      removeEventListener('pointerdown', close);
      removeEventListener('keydown', close);
    };
  }, []);
  const choose = (act: () => void) => () => {
    // The menu hides the pressed item, so the focus moves to its button, where a dialog can restore it.
    if (open.value) container.current?.querySelector('button')?.focus();
    open.value = false;
    act();
  };
  return (
    <div ref={container} class="extras" data-open={open.value}>
      <Control
        icon="more"
        label={t.call.more}
        tone="toggle"
        expanded={open.value}
        onClick={() => {
          open.value = !open.value;
        }}
      />
      <div class="menu">
        {size === 'small' && shows('share') && (
          <ShareControl call={call} onClick={choose(() => void call.toggleShare())} />
        )}
        {size !== 'large' && <HandControl call={call} onClick={choose(call.hands.toggle)} />}
        {size !== 'large' && <ReactControl reacting={props.reacting} choose={choose} />}
        {size !== 'large' && shows('people') && (
          <PeopleControl side={side} onClick={choose(() => onSide('people'))} />
        )}
        {call.devices.facing.value !== null && (
          <Control
            icon="flip"
            label={t.call.flipCamera}
            onClick={choose(() => void call.devices.flipCamera())}
          />
        )}
        <Control icon="layout" label={t.talk.view} cap="L" onClick={choose(() => onPanel('view'))} />
        {props.pip !== null && (
          <Control
            icon="pip"
            label={props.pip.isOpen.value ? t.talk.pipOpen : t.talk.pip}
            active={props.pip.isOpen.value}
            onClick={choose(props.pip.toggle)}
          />
        )}
        <Control icon="devices" label={t.call.devices} onClick={choose(() => onPanel('devices'))} />
        {onShareLink !== undefined && (
          <Control
            icon="link"
            label={hasShareSheet() ? t.call.shareLink : t.call.copyLink}
            onClick={choose(onShareLink)}
          />
        )}
        {canGoFullScreen() && (
          <Control
            icon={full.value !== null ? 'shrink' : 'expand'}
            label={full.value !== null ? t.call.exitFullScreen : t.call.fullScreen}
            onClick={choose(() => toggleFullScreen(document.documentElement))}
          />
        )}
        <Control icon="pulse" label={t.call.details} cap="D" onClick={choose(() => onPanel('details'))} />
        {hasKeyboard() && (
          <Control
            icon="keyboard"
            label={t.call.shortcuts}
            cap="?"
            onClick={choose(() => onPanel('shortcuts'))}
          />
        )}
      </div>
    </div>
  );
}

/** Browsers don't report keyboards. A mouse suggests one; a phone or tablet has neither. */
function hasKeyboard(): boolean {
  return matchMedia('(any-hover: hover)').matches;
}
