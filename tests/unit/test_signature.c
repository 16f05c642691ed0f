/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signatures that minisign and signify-openbsd made, what breaks them, and what is none. Whose they
 * may be, and of which bundle, is the matter of 120-host.bats. */
#include "trust/signature.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "spec/plugin_rule.h"
#include "tap.h"

#define DIGEST "b2:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define MINISIGN "RWRLyUOJZHwgYf3Kv6OHkQ+BOOu4Vl6VLU0zklHhplEZdVRQ4KKOODs/"
#define SIGNIFY "RWTS/ILvFIGmXulX6ApKwvcC0zWDjfa0YyOnQ70/1JLn0nFYPARCZr0F"

#define COMMENT "untrusted comment: x\n"
#define HASHED                                                                                     \
	"RURLyUOJZHwgYdpvQv73AKatcGS+r2jY5160E/+w1hxLw24M4QkFdelLI/"                               \
	"UDL48yvR+B342ymDbFsGqZK7tbx+D4YaD81xfgwQw="
#define HASHED_REST                                                                                \
	"trusted comment: version 1\n"                                                             \
	"vOanHwbH0GIj6V54ququUHKH6CqBOqV0uP4RRGxiIQD3jsmyedU5AbwMzBX5+O6HARwECb6+"                 \
	"RE0k2FrBI0i2AA==\n"
#define LEGACY                                                                                     \
	"RWRLyUOJZHwgYTVCFGBoghOgn3l3DtG3zgLcnLWY6sauK06cOgmDcGeYwQhLo6y5BzRsEYr8oOtwvquYLnMSt+"   \
	"nBVDEob91B/Qc="
#define LEGACY_REST                                                                                \
	"trusted comment: version 1\n"                                                             \
	"hNeiuuwy65kK7Fh3rY772Qnwmq7pq+VbYHnPOk75B7AzR5KGV1vhfKkBQBB6pSUKPj1PMBJ4XcE0sS2dNoamAQ="  \
	"=\n"
#define PLAIN                                                                                      \
	"RWTS/ILvFIGmXiFwUoagnXkEfqxHsmHObmh0Ag22snSnfJ1QHLDjTV5SgJkb6GSQSnpodgzqj3qM+"            \
	"UdGa9udPRuRFHX0Akoa6wk="

static bool holds(const char *text, const char *key, const char *digest)
{
	struct signature s;
	bool rc = signature_parse(text, strlen(text), &s) == 0 && signature_names(&s, key) &&
		  signature_holds(&s, key, digest);

	signature_free(&s);
	return rc;
}

static void test_made(void)
{
	autofree char *line = signature_message(DIGEST);

	is_str(line, "plugbox bundle " DIGEST "\n", "what is signed");
	ok(holds(COMMENT HASHED "\n" HASHED_REST, MINISIGN, DIGEST), "minisign's");
	ok(holds(COMMENT LEGACY "\n" LEGACY_REST, MINISIGN, DIGEST),
	   "minisign's of the older kind");
	ok(holds(COMMENT PLAIN "\n", SIGNIFY, DIGEST), "signify's");
	ok(holds(COMMENT PLAIN, SIGNIFY, DIGEST), "without the last line feed too");
}

static void test_broken(void)
{
	const char *good = COMMENT HASHED "\n" HASHED_REST;
	const char *plain = COMMENT PLAIN "\n";
	size_t held = 0;
	char *text;

	ok(!holds(good, SIGNIFY, DIGEST) && !holds(plain, MINISIGN, DIGEST), "of another key");
	ok(!holds(plain, SIGNIFY,
		  "b2:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdee"),
	   "of another digest");
	/* the id of a key is no part of it: who copies it has no key */
	ok(!holds(plain, "RWTS/ILvFIGmXv3Kv6OHkQ+BOOu4Vl6VLU0zklHhplEZdVRQ4KKOODs/", DIGEST),
	   "of another key with the same id");
	ok(!holds(plain, "RWTS/ILvFIGmXgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", DIGEST) &&
		   !holds(plain, "RWTS/ILvFIGmXgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
			  DIGEST),
	   "of a key that is no key");
	ok(!holds(COMMENT HASHED "\n" LEGACY_REST, MINISIGN, DIGEST) &&
		   !holds(COMMENT HASHED
			  "\n"
			  "trusted comment: version 2\n"
			  "vOanHwbH0GIj6V54ququUHKH6CqBOqV0uP4RRGxiIQD3jsmyedU5AbwMzBX5+"
			  "O6HARwECb6+RE0k2FrBI0i2AA==\n",
			  MINISIGN, DIGEST),
	   "with another comment");
	/* the kind says what was signed: one is not taken for the other */
	text = xstrdup(good);
	text[strlen(COMMENT) + 1] = 'W';
	ok(!holds(text, MINISIGN, DIGEST), "of the other kind");
	free(text);
	for (size_t i = strlen(COMMENT); i < strlen(good); i++) {
		text = xstrdup(good);
		text[i] ^= 1;
		held += holds(text, MINISIGN, DIGEST);
		free(text);
	}
	ok(held == 0, "with a bit turned, wherever it is");
	held = 0;
	for (size_t i = 0; i < strlen(good) - 1; i++) {
		text = xstrndup(good, i);
		held += holds(text, MINISIGN, DIGEST);
		free(text);
	}
	ok(held == 0, "cut short, wherever it is");
}

static void none(const char *text, const char *what)
{
	struct signature s;

	ok(signature_parse(text, strlen(text), &s) < 0 && !s.file && !s.comment, "none: %s", what);
}

static void test_none(void)
{
	static const char with_nul[] = COMMENT HASHED "\ntrusted comment: version 1\0x\nvOan\n";
	struct signature s;

	none("", "nothing");
	none("\n\n\n\n", "empty lines");
	none(PLAIN "\n", "no comment");
	none(COMMENT, "a comment alone");
	none(COMMENT "\n", "an empty one");
	none(COMMENT PLAIN "\r\n", "a carriage return");
	none(COMMENT " " PLAIN "\n", "a blank");
	none(COMMENT PLAIN "\nmore\n", "more after it");
	none(COMMENT HASHED "\n", "minisign's without its comment");
	none(COMMENT HASHED "\n" HASHED_REST "x", "more after that");
	none(COMMENT HASHED "\n" HASHED_REST "\n", "an empty line after it");
	none(COMMENT MINISIGN "\n", "a public key");
	ok(signature_parse(with_nul, sizeof(with_nul) - 1, &s) < 0, "none: a NUL in a comment");
}

static void test_keys(void)
{
	ok(plugin_rule_is_key(MINISIGN) && plugin_rule_is_key(SIGNIFY), "keys");
	ok(!plugin_rule_is_key(""), "nothing is no key");
	ok(!plugin_rule_is_key(MINISIGN "A"), "nor is more");
	ok(!plugin_rule_is_key("RWRLyUOJZHwgYf3Kv6OHkQ+BOOu4Vl6VLU0zklHhplEZdVRQ4KKOODs"),
	   "or less");
	ok(!plugin_rule_is_key("RURLyUOJZHwgYf3Kv6OHkQ+BOOu4Vl6VLU0zklHhplEZdVRQ4KKOODs/"),
	   "or one of another algorithm");
	ok(!plugin_rule_is_key("RWRLyUOJZHwgYf3Kv6OHkQ-BOOu4Vl6VLU0zklHhplEZdVRQ4KKOODs/"),
	   "or one in other digits");
	ok(!plugin_rule_is_key("RWWLyUOJZHwgYf3Kv6OHkQ+BOOu4Vl6VLU0zklHhplEZdVRQ4KKOODs/"),
	   "or one whose first bytes are not Ed");
}

int main(void)
{
	test_made();
	test_broken();
	test_none();
	test_keys();
	return done_testing();
}
