// Signing in is the host's business: its own form, its own client. Lectern only asks that client who is there.

/** Fills the header's place for it: a form, or who is signed in. `users` are the demo's: `{ name, email, password }`. */
export function showSignIn(place, { client, users }) {
  const show = (session) => {
    place.replaceChildren(session ? signedIn(client, session.user) : signInForm(client, users));
  };
  client.auth.onAuthStateChange((_event, session) => show(session));
  // Without a network, whoever was signed in here still is.
  client.auth.getSession().then(
    ({ data }) => show(data.session),
    () => show(null),
  );
}

function signedIn(client, user) {
  const who = element('span', { id: 'signed-in', textContent: user.user_metadata.name ?? user.email });
  const out = element('button', { type: 'button', textContent: 'Sign out' });
  out.addEventListener('click', async () => {
    // The session of this device alone; the page begins anew, so that nothing of theirs stays on the screen.
    await client.auth.signOut({ scope: 'local' });
    location.reload();
  });
  return wrap([who, out]);
}

function signInForm(client, users) {
  const email = element('input', { type: 'email', name: 'email', required: true, autocomplete: 'username' });
  const password = element('input', {
    type: 'password',
    name: 'password',
    required: true,
    autocomplete: 'current-password',
  });
  const submit = element('button', { textContent: 'Sign in' });
  const problem = element('output', {});
  const form = element('form', { id: 'sign-in' });
  form.append(labelled('Address', email), labelled('Password', password), submit, problem);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    problem.textContent = '';
    const { error } = await client.auth.signInWithPassword({ email: email.value, password: password.value });
    if (error) problem.textContent = error.message;
  });
  const hints = users.map((user) => {
    const fill = element('button', { type: 'button', textContent: `${user.email} · ${user.password}` });
    fill.addEventListener('click', () => {
      email.value = user.email;
      password.value = user.password;
      submit.focus();
    });
    return fill;
  });
  const demo = element('p', { className: 'hint', textContent: 'Demo users: ' });
  demo.append(...hints);
  return wrap([form, demo]);
}

function labelled(text, input) {
  const label = element('label', { textContent: `${text} ` });
  label.append(input);
  return label;
}

function wrap(children) {
  const fragment = document.createDocumentFragment();
  fragment.append(...children);
  return fragment;
}

function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
