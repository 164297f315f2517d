import { render } from 'preact';
import * as sdk from '../client/index.ts';
import { App } from './app.tsx';
import { isFramed } from './embed/frame.ts';
import { createHostChannel } from './embed/host-channel.ts';
import { errorOf } from './embed/report.ts';
import { withSiteToken } from './embed/token-login.ts';
import { messagesFor } from './i18n/messages.ts';
import { createLinkSecrets } from './link-secrets.ts';
import { createLogin } from './login.ts';
import { createDeviceManager } from './media/device-manager.ts';
import { createNavigation } from './navigation.ts';
import { pageParamsOf, prefsUnder } from './page-params.ts';
import { createPrefs, storageIn, tolerantStorage } from './prefs.ts';
import { createRoomModel } from './room-model.ts';
import { settingsOf } from './server-settings.ts';
import { guardTranslatedTexts } from './translation-guard.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/components.css';
import './styles/menu.css';
import './styles/switch.css';
import './styles/home.css';
import './styles/account-corner.css';
import './styles/accounts.css';
import './styles/account-sections.css';
import './styles/mesh.css';
import './styles/lobby.css';
import './styles/call.css';
import './styles/tiles.css';
import './styles/tile-parts.css';
import './styles/controls.css';
import './styles/panels.css';
import './styles/side-panel.css';
import './styles/chat.css';
import './styles/message.css';
import './styles/rooms.css';
import './styles/host-lists.css';
import './styles/hosting.css';
import './styles/waiting.css';
import './styles/reactions.css';
import './styles/view.css';
import './styles/quality.css';
import './styles/frame.css';
import './styles/forced-colors.css';

/**
 * Options of the browser's screen picker (Screen Capture, 5.4): with sound, can switch to another tab while sharing,
 * and without this tab, which would show itself in an endless mirror.
 */
const SCREEN = {
  video: { frameRate: { max: 30 } },
  audio: true,
  systemAudio: 'include',
  surfaceSwitching: 'include',
  selfBrowserSurface: 'exclude',
} satisfies DisplayMediaStreamOptions & Record<string, unknown>;

/** The only place that reads the browser's globals for the models; they get what they need as values. */
const params = pageParamsOf(new URLSearchParams(location.search));
const messages = messagesFor([params.lang, ...navigator.languages]);
document.documentElement.lang = messages.lang;
if (params.theme !== null) document.documentElement.dataset['theme'] = params.theme;

const storage = tolerantStorage(() => localStorage);
const prefs = prefsUnder(params, createPrefs(storage));
const settings = settingsOf(document.documentElement.dataset);
const framed = isFramed();
if (framed) document.documentElement.dataset['framed'] = '';
const host = createHostChannel(window, settings.embedOrigins);
if (params.embedded) await host?.greeted;
const ownLogin = createLogin({
  sdk,
  storage: storageIn(() => localStorage) ?? storage,
  prefs,
  guests: settings.guests,
});
const login = host === null ? ownLogin : withSiteToken(ownLogin, { ...host, sdk, baseUrl: location.origin });
// The provider's sign-in comes back to this address.
if (/^#(code|error)=/.test(location.hash)) void login.finishSignIn();
const secrets = createLinkSecrets(tolerantStorage(() => sessionStorage));
const navigation = createNavigation(window, secrets, framed);
const { value: opened } = navigation.route;
const tokenRoom = login.site.peek()?.roomId ?? null;
// A token for one room says which call to open, if the site hasn't.
if (opened.at === 'home' && !opened.missing && tokenRoom !== null)
  navigation.go({ at: 'call', roomId: tokenRoom }, true);
const onlyCall = framed && (opened.at !== 'home' || opened.missing || tokenRoom !== null);
const page = { navigation, login, prefs, settings, secrets, params, host, onlyCall };
if (opened.at === 'home' && opened.missing)
  void host?.greeted.then(() => host.tell(errorOf('room_not_found')));
/** Undefined on plain HTTP, though its type says otherwise. */
const mediaDevices: MediaDevices | undefined = navigator.mediaDevices;
const captureScreen =
  mediaDevices !== undefined && 'getDisplayMedia' in mediaDevices
    ? () => mediaDevices.getDisplayMedia(SCREEN)
    : undefined;

guardTranslatedTexts();
const root = document.getElementById('app');
if (root !== null) {
  render(
    <App
      {...{ messages, page }}
      openRoom={(roomId) =>
        createRoomModel({
          roomId,
          login,
          user: login.user,
          devices: createDeviceManager({ capture: mediaDevices, prefs, permissions: navigator.permissions }),
          prefs,
          secrets,
          captureScreen,
          skipLobby: params.skipLobby,
          givenName: params.name,
          onRoomMissing() {
            host?.tell(errorOf('room_not_found'));
            navigation.go({ at: 'home', missing: true }, true);
          },
        })
      }
    />,
    root,
  );
}
