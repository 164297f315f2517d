import { render } from 'preact';
import * as sdk from '../client/index.ts';
import { App } from './app.tsx';
import { createGuestLogin } from './guest-login.ts';
import { messagesFor } from './i18n/messages.ts';
import { createDeviceManager } from './media/device-manager.ts';
import { createNavigation } from './navigation.ts';
import { createPrefs, tolerantStorage } from './prefs.ts';
import { createRoomModel } from './room-model.ts';
import { guardTranslatedTexts } from './translation-guard.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/components.css';
import './styles/home.css';
import './styles/mesh.css';
import './styles/lobby.css';
import './styles/call.css';
import './styles/tiles.css';
import './styles/tile-parts.css';
import './styles/controls.css';
import './styles/panels.css';
import './styles/forced-colors.css';

/**
 * What is asked of the browser's share dialog (Screen Capture, 5.4): sound too, another tab in place of the shared one
 * without stopping, and not this very tab, which would show itself in itself without end.
 */
const SCREEN = {
  video: { frameRate: { max: 30 } },
  audio: true,
  systemAudio: 'include',
  surfaceSwitching: 'include',
  selfBrowserSurface: 'exclude',
} satisfies DisplayMediaStreamOptions & Record<string, unknown>;

/** Puts the browser in: everything below takes what it needs as values. */
const messages = messagesFor(navigator.languages);
document.documentElement.lang = messages.lang;

const storage = tolerantStorage(() => localStorage);
const prefs = createPrefs(storage);
const navigation = createNavigation(window);
const login = createGuestLogin({ sdk, storage, prefs });
/** Undefined on http, whatever its type says. */
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
      {...{ messages, navigation, login, prefs }}
      openRoom={(roomId) =>
        createRoomModel({
          roomId,
          login,
          devices: createDeviceManager({ capture: mediaDevices, prefs, permissions: navigator.permissions }),
          prefs,
          captureScreen,
          onRoomMissing: () => navigation.go({ at: 'home', missing: true }, true),
        })
      }
    />,
    root,
  );
}
