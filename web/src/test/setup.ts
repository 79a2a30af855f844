import { cleanup, configure } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

// A screen's chunk is compiled the first time it is opened.
configure({ asyncUtilTimeout: 8000, getElementError: (message) => new Error(message ?? 'not found') });

// happy-dom speaks no server-sent events; news has its own test.
class SilentEvents extends EventTarget {
  close(): void {
    // Nothing was opened.
  }
}
vi.stubGlobal('EventSource', SilentEvents);

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.stubGlobal('EventSource', SilentEvents);
  localStorage.clear();
});
