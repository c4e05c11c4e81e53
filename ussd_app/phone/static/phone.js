/* The demo phone: plays a feature phone and its operator. It posts Africa's Talking's USSD, end-of-session and SMS
   requests to the webhooks of this same server, and polls the inbox of the chosen number.
   Browser tests may rely on the ids of phone.html and on body[data-state] = idle | waiting | open | ended, and
   body[data-hops] = the number of requests sent in the call. */

import { emptyInbox, poll, pollForever, sendSms } from "./inbox.js";
import { measure, say, speakIn } from "./words.js";
import { $, conf, COST, hex, log, NETWORK, now, number, post, slowly } from "./wire.js";

const IDLE_S = 30;
const TAP_MS = 900;
const HOLD_MS = 600;

const LETTERS = {
  1: ".,?!'-1", 2: "abc2à", 3: "def3éè", 4: "ghi4", 5: "jkl5", 6: "mno6ñö", 7: "pqrs7", 8: "tuv8ùü", 9: "wxyz9",
  0: " 0", "*": "*+", "#": "#",
};

let session = null; // the call under way, or null
let last = null; // the last USSD request with its answer, for "send twice"
let tap = null; // the last key of a multi-tap letter
let letters = false;
let fresh = true; // the code shown is the one offered: the first key pressed replaces it
let countdown = 0;

const field = () => (conf.state === "open" ? $("reply") : $("code"));

/* ---- the screen ---- */

function show(state, text, counted = false) {
  const open = state === "open";
  letters = false;
  $("screen").textContent = text;
  $("screen").scrollTop = 0;
  $("code").hidden = state !== "idle";
  $("reply").hidden = $("mode").hidden = !open;
  $("reply").value = "";
  $("drop").disabled = !session;
  $("twice").disabled = !last;
  $("count").hidden = !counted;
  const size = measure(text);
  $("count").textContent = size.label;
  $("count").title = size.outside.length ? `${say("outside")} ${size.outside.join(" ")}` : "";
  $("count").classList.toggle("over", size.over);
  conf.state = state;
  refresh();
  if (matchMedia("(pointer: fine)").matches && (open || state === "idle")) field().focus({ preventScroll: true });
}

function refresh() {
  const clear = field().value ? say("clear") : "";
  const softs = {
    idle: [say("call"), clear], waiting: ["", say("cancel")], open: [say("answer"), clear || say("cancel")],
    ended: [say("ok"), ""],
  }[conf.state];
  $("soft-left").textContent = softs[0];
  $("soft-right").textContent = softs[1];
  $("send").setAttribute("aria-label", softs[0] || say("ok"));
  $("clear").setAttribute("aria-label", softs[1] || say("clear"));
  $("mode").textContent = letters ? "abc" : "123";
  const box = $("screen");
  const above = box.scrollTop > 2;
  const below = box.scrollTop + box.clientHeight < box.scrollHeight - 2;
  $("more").textContent = (above ? "▴" : "") + (below ? "▾" : "");
}

function scroll(direction) {
  $("screen").scrollBy({ top: direction * 3 * parseFloat(getComputedStyle($("screen")).lineHeight) });
}

function home() {
  $("code").value = conf.serviceCode;
  fresh = true;
  show("idle", say("hint"));
}

/* ---- the call ---- */

/* What a code says beyond the service code: "1*2" for *384*77*1*2#, "" for the bare code, null for another code. */
function dialledText(code) {
  const stem = conf.serviceCode.slice(0, -1);
  if (code === conf.serviceCode) return "";
  return code.startsWith(`${stem}*`) && code.endsWith("#") ? code.slice(stem.length + 1, -1) : null;
}

function dial() {
  if (session) return;
  const text = dialledText($("code").value.replace(/\s/g, ""));
  if (!number() || text === null) {
    show("ended", say(number() ? "badCode" : "badNumber"));
    return;
  }
  session = {
    id: `ATUid_${hex(32)}`, phone: number(), start: Date.now(), inputs: text ? [text] : [], input: "", hops: 0,
    reply: "",
  };
  conf.hops = 0;
  hop();
}

async function hop() {
  const mine = session;
  const text = mine.inputs.join("*");
  const body = new URLSearchParams({
    sessionId: mine.id, phoneNumber: mine.phone, networkCode: NETWORK, serviceCode: conf.serviceCode, text,
  }).toString();
  stopCountdown();
  show("waiting", say("waiting"));
  await slowly();
  if (mine !== session) return; // cut before the request left the phone
  const count = conf.hops = mine.hops += 1;
  mine.input = text;
  const answer = await post(conf.ussd, body);
  last = { body, answer, count, input: text };
  $("twice").disabled = false;
  $("same").hidden = true;
  log(String(count), verb(answer), answer, text);
  if (mine === session) receive(answer);
}

function verb(answer) {
  if (!answer.ok) return `HTTP ${answer.status}`;
  return /^(CON|END)\b/.exec(answer.text)?.[0] ?? "???";
}

function receive(answer) {
  session.reply = answer.text;
  const page = answer.text.replace(/^(CON|END) ?/, "");
  if (verb(answer) === "CON") {
    show("open", page, true);
    startCountdown();
  } else if (verb(answer) === "END") {
    finish("Success");
    show("ended", page, true);
  } else {
    finish("Failed", verb(answer));
    show("ended", say("failed"));
  }
}

function reply() {
  session.inputs.push($("reply").value);
  hop();
}

/* The operator's own report of a session that is over, whoever ended it; of a call it never got, it knows nothing. */
async function finish(status, error) {
  const { id, phone, input, start, hops, reply: lastAppResponse } = session;
  session = null;
  stopCountdown();
  if (!hops) return;
  const fields = {
    date: now(), sessionId: id, serviceCode: conf.serviceCode, networkCode: NETWORK, phoneNumber: phone, status,
    cost: COST, durationInMillis: Date.now() - start, hopsCount: hops, input, lastAppResponse,
    ...(error ? { errorMessage: error } : {}),
  };
  const answer = await post(conf.events, new URLSearchParams(fields).toString(), true);
  log(say("end"), status, answer, input);
}

function cut(word = "cut") {
  if (!session) return;
  finish("Incomplete");
  show("ended", say(word));
}

function hangUp() {
  if (session) finish("Incomplete");
  home();
}

function confirm() {
  ({ idle: dial, open: reply, ended: home, waiting: () => {} })[conf.state]();
}

function startCountdown() {
  stopCountdown();
  if (!$("idle").checked || conf.state !== "open") return;
  const end = Date.now() + IDLE_S * 1000;
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    $("countdown").textContent = `${Math.max(left, 0)} s`;
    $("countdown").hidden = false;
    if (left <= 0) cut("late");
  };
  countdown = setInterval(tick, 250);
  tick();
}

function stopCountdown() {
  clearInterval(countdown);
  $("countdown").hidden = true;
}

async function sendTwice() {
  const first = last;
  const badge = $("same");
  $("twice").disabled = true;
  badge.hidden = false;
  badge.dataset.same = "";
  badge.textContent = say("resending");
  await slowly();
  const again = await post(conf.ussd, first.body);
  const same = first.answer.status === again.status && String(first.answer.bytes) === String(again.bytes);
  badge.dataset.same = same ? "yes" : "no";
  badge.textContent = say(same ? "same" : "different");
  $("twice").disabled = false;
  log(`${first.count} ${say("again")}`, verb(again), again, first.input);
}

/* ---- the keys ---- */

function press(key) {
  if (conf.state === "waiting") return;
  if (conf.state === "ended") home();
  const box = field();
  if (box === $("code") && fresh) box.value = "";
  fresh = false;
  const set = letters && box === $("reply") ? LETTERS[key] : key;
  const again = tap && tap.key === key && set.length > 1 && Date.now() - tap.at < TAP_MS;
  const index = again ? (tap.index + 1) % set.length : 0;
  box.value = (again ? box.value.slice(0, -1) : box.value) + set[index];
  tap = { key, index, at: Date.now() };
  refresh();
}

function clear() {
  const box = field();
  if (conf.state === "waiting" || (conf.state === "open" && !box.value)) return hangUp();
  box.value = box.value.slice(0, -1);
  fresh = false;
  tap = null;
  return refresh();
}

function switchMode() {
  letters = !letters;
  refresh();
}

/* A key pressed with the mouse must not take the focus, or the keyboard's Enter would press that key again. */
function keepFocus(event) {
  if (event.target.closest(".phone button")) event.preventDefault();
}

function listenToKeypad() {
  let held = 0;
  let swallowed = false;
  for (const key of document.querySelectorAll("[data-key]")) {
    const hash = key.dataset.key === "#";
    key.addEventListener("pointerdown", () => {
      swallowed = false;
      if (hash && conf.state === "open") held = setTimeout(() => { swallowed = true; switchMode(); }, HOLD_MS);
    });
    for (const end of ["pointerup", "pointerleave"]) key.addEventListener(end, () => clearTimeout(held));
    key.addEventListener("click", () => { if (!swallowed) press(key.dataset.key); swallowed = false; });
  }
}

function onKeyboard(event) {
  const target = event.target;
  const ours = target === $("code") || target === $("reply");
  const elsewhere = !ours && target.matches("textarea, select, #other");
  const typed = /^[\p{L}\d*#+]$/u.test(event.key) && (conf.state === "open" || /[\d*#+]/.test(event.key));
  if (event.ctrlKey || event.altKey || event.metaKey || elsewhere) return;
  if (event.key === "Escape") hangUp();
  else if (event.key === "Enter" && !target.matches("button")) confirm();
  else if (/^Arrow(Up|Down)$/.test(event.key) && target !== $("log")) scroll(event.key === "ArrowUp" ? -1 : 1);
  else if (event.key === "Backspace" && !ours) clear();
  else if (typed && !ours) type(event.key);
  else return;
  event.preventDefault();
}

function type(char) {
  const mode = letters;
  letters = false;
  press(char);
  letters = mode;
  refresh();
  field().focus();
}

/* ---- the page ---- */

function chooseCaller() {
  if (session) finish("Incomplete");
  const other = $("caller").value === "other";
  $("other").hidden = !other;
  $("number").textContent = other ? "" : $("caller").value;
  $("about").textContent = $("caller").selectedOptions[0].dataset.about ?? "";
  home();
  if (other) $("other").focus();
  emptyInbox();
}

function speak(chosen) {
  speakIn(chosen);
  if (conf.state === "idle") $("screen").textContent = say("hint");
  refresh();
}

function tellTime() {
  $("clock").textContent = $("big-clock").textContent = new Date().toTimeString().slice(0, 5);
}

function start() {
  const clicks = {
    send: confirm, centre: confirm, clear, dial, hangup: hangUp, up: () => scroll(-1), down: () => scroll(1),
    mode: switchMode, drop: () => cut(), twice: sendTwice, "sms-send": sendSms,
  };
  for (const [id, action] of Object.entries(clicks)) $(id).addEventListener("click", action);
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.addEventListener("click", () => speak(button.dataset.lang));
  }
  $("details").addEventListener("click", () => {
    const on = $("log").classList.toggle("detailed");
    $("details").setAttribute("aria-pressed", String(on));
  });
  for (const id of ["code", "reply"]) $(id).addEventListener("input", () => { fresh = false; tap = null; refresh(); });
  $("caller").addEventListener("change", chooseCaller);
  $("other").addEventListener("change", () => {
    if (session && session.phone !== number()) hangUp();
    poll();
  });
  $("idle").addEventListener("change", startCountdown);
  $("screen").addEventListener("scroll", refresh);
  $("inbox").addEventListener("pointerenter", () => { $("envelope").hidden = true; });
  document.addEventListener("keydown", onKeyboard);
  document.addEventListener("mousedown", keepFocus);
  addEventListener("pagehide", () => cut());
  listenToKeypad();
  speak("fr");
  tellTime();
  setInterval(tellTime, 1000);
  chooseCaller();
  pollForever();
}

start();
