// @rudderstack/analytics-js, its bundled UMD build.
import { tell } from './browser.mjs';
import { call } from './scenario.mjs';

await tell({
  ...call(),
  files: { '/lib/rudder.js': '@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js' },
  html: '<script src="/lib/rudder.js"></script>',
  story: async ({ url, key, member, visitor }) => {
    const client = new window.rudderanalytics.RudderAnalytics();
    const sent = (send) => new Promise((resolve) => send(resolve));
    await new Promise((resolve) => client.load(key, url, { configUrl: url, onLoaded: resolve, autoTrack: { enabled: false } }));
    client.setAnonymousId('visitor');
    await sent((done) => client.page(visitor.page, done));
    await sent((done) => client.track(visitor.event, {}, {}, done));
    await sent((done) => client.identify('member', member.traits, {}, done));
    await sent((done) => client.group('acme', member.account, {}, done));
    await sent((done) => client.track('Order Paid', member.order, { context: { groupId: 'acme', channel: 'email' } }, done));
    await sent((done) => client.alias('member', 'old member', {}, done));
    // What is queued is sent every few hundred milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 2000));
  },
});
