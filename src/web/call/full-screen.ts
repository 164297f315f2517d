import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { attempt } from '../optional-features.ts';

/** What phones of Apple have in place of `requestFullscreen`, for videos alone. */
interface AppleVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

export function canGoFullScreen(): boolean {
  return document.fullscreenEnabled === true || hasAppleVideos();
}

/** Fills the screen with an element, or shows again what was there before: the page, or the page in full screen. */
export function toggleFullScreen(element: Element): void {
  attempt(() => {
    if (document.fullscreenElement === element) return document.exitFullscreen();
    if (document.fullscreenEnabled) return element.requestFullscreen();
    return appleVideoIn(element)?.webkitEnterFullscreen?.();
  });
}

/** What of this page fills the screen; null for nothing. */
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
