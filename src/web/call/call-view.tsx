import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { DeviceSelects } from '../components/device-selects.tsx';
import { Dialog } from '../components/dialog.tsx';
import { useCommands } from '../embed/commands.ts';
import { useMessages } from '../i18n/messages.ts';
import { TroubleNotice } from '../lobby/trouble-notice.tsx';
import type { Navigation } from '../navigation.ts';
import { usePage } from '../page-context.ts';
import type { Prefs } from '../prefs.ts';
import { Bans } from '../rooms/bans.tsx';
import { Invitations } from '../rooms/invitations.tsx';
import { RoomSettings } from '../rooms/room-settings.tsx';
import { useSingleFlight } from '../single-flight.ts';
import { useMedia } from '../use-media.ts';
import { useViewHeading } from '../use-view-heading.ts';
import type { CallModel } from './call-model.ts';
import { Announcer, NoticeStack, TroubleStack } from './call-notices.tsx';
import { LazyChat, useChatLoaded } from './chat/lazy-chat.tsx';
import { ControlBar, type Panel } from './control-bar.tsx';
import { LazyDetails } from './details/lazy-details.tsx';
import { KnockNotice } from './hosting/knock-list.tsx';
import { LineStrip } from './line-strip.tsx';
import { PeoplePanel } from './panels/people-panel.tsx';
import { RaisedHands } from './panels/raised-hands.tsx';
import { SidePanel, type SideTab } from './panels/side-panel.tsx';
import { PeopleStage } from './people-stage.tsx';
import { usePictureInPicture } from './pip/picture-in-picture.ts';
import { RemoteSound } from './remote-sound.tsx';
import { shareLink } from './share-link.ts';
import type { ShortcutAction } from './shortcuts.ts';
import { ShortcutsHelp } from './shortcuts-help.tsx';
import { tellFirst } from './shown/shown-pictures.ts';
import { TopBar } from './top-bar.tsx';
import { useShortcuts } from './use-shortcuts.ts';
import { ViewDialog } from './view-dialog.tsx';
import { createViewSettings } from './view-settings.ts';
import { keepAwake } from './wake-lock.ts';

/** Where the side panel covers the whole window. As in `side-panel.css`. */
const SHEET = '(width < 45rem)';

interface CallViewProps {
  readonly call: CallModel;
  readonly prefs: Prefs;
  /** The call's link, to send to others; null if there is none to send. */
  readonly link: string | null;
  readonly navigation: Navigation;
}

export function CallView({ call, prefs, link, navigation }: CallViewProps) {
  const t = useMessages();
  const { login, params } = usePage();
  const name = call.room.value.name ?? t.call.untitled;
  const waiting = call.hosting.knocks.value.length;
  const title = t.call.title(name);
  const heading = useViewHeading<HTMLHeadingElement>(waiting === 0 ? title : `(${waiting}) ${title}`);
  const panel = useSignal<Panel | null>(null);
  const shortcutsOn = useSignal(prefs.get('shortcuts') !== 'off');

  const side = useSignal<SideTab | null>(null);
  const reacting = useSignal(false);
  const view = useMemo(() => createViewSettings(prefs), [prefs]);
  useCommands(call, view);
  const pip = usePictureInPicture(call, view, t);
  const isSheet = useMedia(SHEET).value;
  const toggleSide = (tab: SideTab) => {
    side.value = side.peek() === tab ? null : tab;
  };

  const shareCallLink = useSingleFlight(async () => {
    if (link === null) return;
    const outcome = await shareLink(link, name);
    if (outcome !== null) call.notify(outcome);
  });

  const act = (action: Exclude<ShortcutAction, 'talk'>) => {
    if (params.hidden.has(action === 'screen' ? 'share' : action)) return;
    if (action === 'mute') call.toggleMicrophone();
    if (action === 'camera') call.toggleCamera();
    if (action === 'screen') void call.toggleShare();
    if (action === 'hand') call.hands.toggle();
    if (action === 'react') reacting.value = !reacting.peek();
    if (action === 'layout') view.setLayout(view.layout.peek() === 'grid' ? 'speaker' : 'grid');
    if (action === 'chat' || action === 'people') toggleSide(action);
    if (action === 'details') panel.value = 'details';
    if (action === 'help') panel.value = 'shortcuts';
  };
  useShortcuts({
    enabled: shortcutsOn,
    modal: panel,
    isMuted: () => !call.devices.microphone.peek().on,
    onAction: act,
    onTalk: call.holdToTalk,
  });

  useChatLoaded();
  useEffect(() => keepAwake(navigator.wakeLock), []);
  useEffect(() => tellFirst(call, view), [call, view]);
  useEffect(() => {
    return navigation.hold(() => {
      panel.value = 'leave';
    });
  }, [navigation]);

  const closePanel = () => {
    panel.value = null;
  };

  return (
    <div class="call stage">
      {/* Behind the sheet, nothing can be reached. */}
      <div class="call-main" inert={isSheet && side.value !== null}>
        <TopBar heading={heading} name={name} call={call} />
        <div class="strips">
          <TroubleStack
            troubles={call.troubles}
            onOpenDevices={() => {
              panel.value = 'devices';
            }}
          />
          <LineStrip call={call} />
          <KnockNotice
            hosting={call.hosting}
            listed={side.value === 'people'}
            onShow={() => {
              side.value = 'people';
            }}
          />
        </div>
        <PeopleStage call={call} view={view} link={link} onShareLink={shareCallLink} />
        <ControlBar
          call={call}
          side={side.value}
          onSide={toggleSide}
          reacting={reacting}
          pip={pip}
          onShareLink={link === null ? undefined : shareCallLink}
          onPanel={(shown) => {
            panel.value = shown;
          }}
        />
      </div>
      {side.value !== null && (
        <SidePanel
          tab={side.value}
          unread={call.chat.unread.value}
          onTab={(tab) => {
            side.value = tab;
          }}
          onClose={() => {
            side.value = null;
          }}
        >
          {side.value === 'people' ? (
            <>
              <RaisedHands call={call} />
              <PeoplePanel
                call={call}
                onPanel={(shown) => {
                  panel.value = shown;
                }}
              />
            </>
          ) : (
            <LazyChat call={call} />
          )}
        </SidePanel>
      )}
      <RemoteSound people={call.others} speaker={call.devices.speaker} />
      <NoticeStack notices={call.notices} />
      <Announcer announcement={call.announcement} />
      {panel.value === 'devices' && (
        <Dialog title={t.call.devices} onClose={closePanel}>
          <TroubleNotice devices={call.devices} inCall />
          <DeviceSelects devices={call.devices} />
        </Dialog>
      )}
      {panel.value === 'details' && (
        <Dialog title={t.call.details} onClose={closePanel}>
          <LazyDetails
            call={call}
            onChoose={() => {
              panel.value = 'view';
            }}
          />
        </Dialog>
      )}
      {panel.value === 'leave' && (
        <Dialog title={t.call.leaveAsked} onClose={closePanel}>
          <p>{t.call.leaveText}</p>
          <div class="choices">
            <button
              type="button"
              class="button"
              onClick={() => {
                call.leave();
                navigation.back();
              }}
            >
              {t.call.leave}
            </button>
            <button type="button" class="button quiet" onClick={closePanel}>
              {t.call.stay}
            </button>
          </div>
        </Dialog>
      )}
      {panel.value === 'settings' && (
        <RoomSettings
          room={call.room.value}
          canKeep={login.user.value !== null || login.site.value !== null}
          onSave={call.updateRoom}
          onClose={closePanel}
        />
      )}
      {panel.value === 'invitations' && <Invitations roomId={call.room.value.id} onClose={closePanel} />}
      {panel.value === 'bans' && <Bans roomId={call.room.value.id} onClose={closePanel} />}
      {panel.value === 'view' && (
        <Dialog title={t.talk.view} onClose={closePanel}>
          <ViewDialog view={view} room={call.room.value} uplink={call.uplink} address={call.address} />
        </Dialog>
      )}
      {panel.value === 'shortcuts' && (
        <Dialog title={t.call.shortcuts} onClose={closePanel}>
          <ShortcutsHelp
            canShare={call.canShare}
            enabled={shortcutsOn.value}
            onEnabled={(enabled) => {
              shortcutsOn.value = enabled;
              prefs.set('shortcuts', enabled ? '' : 'off');
            }}
          />
        </Dialog>
      )}
    </div>
  );
}
