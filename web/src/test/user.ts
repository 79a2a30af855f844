import userEvent, { PointerEventsCheckLevel } from '@testing-library/user-event';

/**
 * A person at the screen. Whether something lies above what they press is not asked:
 * without style sheets nothing does, and to find that out takes most of a test's time.
 */
export const person = () => userEvent.setup({ pointerEventsCheck: PointerEventsCheckLevel.Never });
