// Exchanges the one-time code behind `#` for a session, and keeps it out of the history.
const say = (text) => {
  document.getElementById('status').textContent = text;
  document.getElementById('help').hidden = false;
};

const signIn = async () => {
  const code = location.hash.slice(1);
  history.replaceState(null, '', '/open');
  if (!code) {
    say('This address has no code.');
    return;
  }
  const answer = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  if (answer.ok) {
    location.replace('/');
  } else {
    say((await answer.json()).message);
  }
};

signIn().catch(() => say('Cumulo did not answer. Is it still running?'));
