/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugin that does nothing: what is left is the launch. */
int main(void)
{
	return 0;
}
