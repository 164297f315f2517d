import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { attempt } from '../optional-features.ts';

/** iPhones lack `requestFullscreen` and have this for videos only. */
interface AppleVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

export function canGoFullScreen(): boolean {
  return document.fullscreenEnabled === true || hasAppleVideos();
}

/** Shows an element in full screen, or returns to what was shown before: the page, itself maybe in full screen. */
export function toggleFullScreen(element: Element): void {
  attempt(() => {
    if (document.fullscreenElement === element) return document.exitFullscreen();
    if (document.fullscreenEnabled) return element.requestFullscreen();
    return appleVideoIn(element)?.webkitEnterFullscreen?.();
  });
}

/** The element in full screen; null if there is none. */
export function useFullScreen(): ReadonlySignal<Element | null> {
  const full = useSignal<Element | null>(null);
  useEffect(() => {
    const look = () => {
      full.value = document.fullscreenElement ?? null;
    };
    look();
    document.addEventListener('fullscreenchange', look);
    return () => document.removeEventListener('fullscreenchange', look);
  }, []);
  return full;
}

function hasAppleVideos(): boolean {
  return 'webkitEnterFullscreen' in HTMLVideoElement.prototype;
}

function appleVideoIn(element: Element): AppleVideo | null {
  return hasAppleVideos() ? element.querySelector<AppleVideo>('video') : null;
}
