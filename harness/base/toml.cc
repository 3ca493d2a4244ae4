/* SPDX-License-Identifier: MIT */
/*
 * toml.cc - toml++ behind toml.h: the one C++ file.
 *
 * toml++ is compiled in here (header only) and without its exceptions.  Those
 * of the C++ library are caught at the border: nothing is thrown into C.
 *
 * While the document is turned into a jansson tree, the line of every value
 * is put down under the value's path, "interview.area[2].name".
 *
 * toml++ builds and frees nested tables by recursion, and bounds only the nesting of
 * values, not that of "a.a.a...": a line with thousands of dots would
 * exhaust the stack.  So lines are looked at before it sees them.
 */
#define TOML_EXCEPTIONS	       0
#define TOML_HEADER_ONLY       1
#define TOML_MAX_NESTED_VALUES 16
#include <toml++/toml.h>

#include <cmath>
#include <map>
#include <sstream>
#include <string>

#include <jansson.h>

/* A C++ namespace is called toml already, and C++ wants them to differ. */
#define FORTNIGHT_ALLOW_BANNED
#define toml toml_handle
extern "C" {
#include "fortnight/toml.h"
}
#undef toml

static const long LINE_DOTS_MAX = 100;

struct toml_doc {
	json_t *root = nullptr;
	std::map<std::string, int> lines;
};

struct toml_handle {
	toml_doc doc;
};

namespace
{

struct converter {
	toml_doc *doc;
	const char *where;
	struct error *err;

	int refuse(const toml::node &node, const char *what) const
	{
		return error_set(err, ERROR_INPUT, "%s:%d: %s", where,
				 (int)node.source().begin.line, what);
	}

	void note(const std::string &path, unsigned line) const
	{
		doc->lines[path] = line ? (int)line : 1;
	}

	int string(const toml::node &node, const std::string &text,
		   json_t **ret) const
	{
		*ret = json_stringn(text.data(), text.size());
		return *ret ? 0 : refuse(node, "text that is not UTF-8");
	}

	template <typename T>
	int date(const toml::node &node, const toml::value<T> &value,
		 json_t **ret) const
	{
		std::ostringstream text;

		text << value.get();
		return string(node, text.str(), ret);
	}

	int table(const toml::table &from, const std::string &path,
		  json_t **ret) const;
	int array(const toml::array &from, const std::string &path,
		  json_t **ret) const;
	int scalar(const toml::node &node, json_t **ret) const;
	int value(const toml::node &node, const std::string &path,
		  json_t **ret) const;
};

int converter::scalar(const toml::node &node, json_t **ret) const
{
	if (const auto *text = node.as_string())
		return string(node, text->get(), ret);
	if (const auto *date_value = node.as_date())
		return date(node, *date_value, ret);
	if (const auto *time_value = node.as_time())
		return date(node, *time_value, ret);
	if (const auto *both = node.as_date_time())
		return date(node, *both, ret);
	if (const auto *integer = node.as_integer())
		*ret = json_integer(integer->get());
	else if (const auto *flag = node.as_boolean())
		*ret = json_boolean(flag->get());
	else if (!std::isfinite(node.as_floating_point()->get()))
		return refuse(node, "a number must be finite");
	else
		*ret = json_real(node.as_floating_point()->get());
	return 0;
}

int converter::value(const toml::node &node, const std::string &path,
		     json_t **ret) const
{
	if (const auto *inner = node.as_table())
		return table(*inner, path, ret);
	if (const auto *inner = node.as_array())
		return array(*inner, path, ret);
	return scalar(node, ret);
}

int converter::array(const toml::array &from, const std::string &path,
		     json_t **ret) const
{
	json_t *to = json_array();

	for (size_t i = 0; i < from.size(); i++) {
		std::string inner = path + "[" + std::to_string(i) + "]";
		json_t *element = nullptr;

		note(inner, from[i].source().begin.line);
		if (value(from[i], inner, &element) < 0) {
			json_decref(to);
			return -1;
		}
		json_array_append_new(to, element);
	}
	*ret = to;
	return 0;
}

int converter::table(const toml::table &from, const std::string &path,
		     json_t **ret) const
{
	json_t *to = json_object();

	for (auto &&[key, node] : from) {
		std::string name(key.str());
		std::string inner = path.empty() ? name : path + "." + name;
		unsigned line = key.source().begin.line;
		json_t *member = nullptr;

		note(inner, line ? line : node.source().begin.line);
		if (name.find('\0') != std::string::npos)
			(void)refuse(node, "a key holds a NUL");
		else if (value(node, inner, &member) == 0) {
			json_object_set_new(to, name.c_str(), member);
			continue;
		}
		json_decref(to);
		return -1;
	}
	*ret = to;
	return 0;
}

int check_dots(std::string_view text, const char *where, struct error *err)
{
	long dots = 0;
	int line = 1;

	for (char byte : text) {
		dots += byte == '.';
		if (byte == '\n') {
			dots = 0;
			line++;
		}
		if (dots > LINE_DOTS_MAX)
			return error_set(err, ERROR_INPUT,
					 "%s:%d: more than %ld dots in a line",
					 where, line, LINE_DOTS_MAX);
	}
	return 0;
}

int read_document(std::string_view text, const char *where, toml_doc *doc,
		  struct error *err)
{
	if (check_dots(text, where, err) < 0)
		return -1;

	toml::parse_result parsed = toml::parse(text);

	if (!parsed) {
		const toml::parse_error &why = parsed.error();
		int line = (int)why.source().begin.line;
		std::string_view said = why.description();

		return error_set(err, ERROR_INPUT, "%s:%d: %.*s", where,
				 line ? line : 1, (int)said.size(),
				 said.data());
	}
	return converter{ doc, where, err }.table(parsed.table(), "",
						  &doc->root);
}

/* "a.b[2].c" -> "a.b[2]" -> "a.b" -> "a" -> "" */
std::string parent_of(const std::string &path)
{
	size_t at = path.find_last_of(".[");

	return at == std::string::npos ? "" : path.substr(0, at);
}

} // namespace

extern "C" int toml_read(const char *text, size_t len, const char *where,
			 struct toml_handle **ret_toml, struct error *err)
{
	try {
		auto read = std::make_unique<struct toml_handle>();

		if (read_document({ text, len }, where, &read->doc, err) < 0)
			return -1;
		*ret_toml = read.release();
		return 0;
	} catch (const std::exception &why) {
		return error_set(err, ERROR_BUG, "%s:1: %s", where, why.what());
	}
}

extern "C" void toml_free(struct toml_handle *toml)
{
	if (!toml)
		return;
	json_decref(toml->doc.root);
	delete toml;
}

extern "C" json_t *toml_root(const struct toml_handle *toml)
{
	return toml->doc.root;
}

extern "C" int toml_line(const struct toml_handle *toml, const char *path)
{
	try {
		std::string at(path);

		while (!at.empty()) {
			auto found = toml->doc.lines.find(at);

			if (found != toml->doc.lines.end())
				return found->second;
			at = parent_of(at);
		}
	} catch (const std::exception &) {
		return 1;
	}
	return 1;
}
