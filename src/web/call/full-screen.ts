import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { attempt } from '../optional-features.ts';

/** iPhones lack `requestFullscreen` and have this for videos only. */
interface IphoneVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

export function canGoFullScreen(): boolean {
  return document.fullscreenEnabled === true || hasVideoFullScreen();
}

/** Shows an element in full screen, or returns to what was shown before: the page, itself maybe in full screen. */
export function toggleFullScreen(element: Element): void {
  attempt(() => {
    if (document.fullscreenElement === element) return document.exitFullscreen();
    if (document.fullscreenEnabled) return element.requestFullscreen();
    return videoIn(element)?.webkitEnterFullscreen?.();
  });
}

/** The element in full screen; null if there is none. */
export function useFullScreen(): ReadonlySignal<Element | null> {
  const full = useSignal<Element | null>(null);
  useEffect(() => {
    const update = () => {
      full.value = document.fullscreenElement ?? null;
    };
    update();
    document.addEventListener('fullscreenchange', update);
    return () => document.removeEventListener('fullscreenchange', update);
  }, []);
  return full;
}

function hasVideoFullScreen(): boolean {
  return 'webkitEnterFullscreen' in HTMLVideoElement.prototype;
}

function videoIn(element: Element): IphoneVideo | null {
  return hasVideoFullScreen() ? element.querySelector<IphoneVideo>('video') : null;
}
