"""A platform made of `lti1p3platform`, for the bridge under test: one course, one graded link.

What the bridge sends is read by that library; this file only gives it a web server and a memory.
`GET /held` shows what has arrived.
"""

import argparse
import json
import logging
import sys

from flask import Flask, Response as Answer, jsonify, redirect, request
from jwcrypto.jwk import JWK
from lti1p3platform.exceptions import LineItemNotFoundException, LtiException
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.membership import Context
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request
from lti1p3platform.response import generate_next_link
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import (
    AssignmentsGradesService,
    NamesRoleProvisioningService,
)
from werkzeug.serving import make_server

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
COURSE = Context(id="course-1", label="MTL1", title="Teaching and Learning")
PEOPLE = {
    "learner-1": ("Amara Okafor", [MEMBERSHIP + "Learner"]),
    "tutor-1": ("Ruth Adeyemi", [MEMBERSHIP + "Instructor"]),
    "learner-2": ("Tomasz Nowak", [MEMBERSHIP + "Learner"]),
}

app = Flask(__name__)
options = argparse.Namespace()
keys = {}
held = {
    "line_items": {},
    "scores": [],
    "results": {},
    "content_items": None,
    "refused": [],
    "services": [],
}


def here(path):
    return f"http://127.0.0.1:{options.port}{path}"


class Platform(LTI1P3PlatformConfAbstract):
    """The registration of the bridge. A new one for each request: the library keeps the tool's keys."""

    def init_platform_config(self, **kwargs):
        self.get_registration()

    def get_registration_by_params(self, **kwargs):
        launch = options.tool + "lti/launch"
        return (
            Registration()
            .set_iss(here(""))
            .set_client_id(options.client_id)
            .set_deployment_id("1")
            .set_oidc_login_url(options.tool + "lti/login")
            .set_launch_url(launch)
            .set_deeplink_launch_url(launch)
            .set_tool_key_set_url(options.tool + ".well-known/jwks.json")
            .set_platform_public_key(keys["public"])
            .set_platform_private_key(keys["private"])
        )


class FlaskRequest(Request):
    def build_metadata(self, request):
        return {
            "method": request.method,
            "form_data": request.form.to_dict(),
            "get_data": request.args.to_dict(),
            "headers": request.headers,
            "content_type": request.content_type,
            "path": request.path,
            # The media types of LTI's services are JSON, which Flask does not know.
            "json": json.loads(request.get_data() or "null") if not request.form else None,
        }


class Login(OIDCLoginAbstract):
    def set_lti_message_hint(self, **kwargs):
        self._lti_message_hint = kwargs["hint"]

    def get_redirect(self, url):
        return redirect(url)


class Launch(LTIAdvantageMessageLaunchAbstract):
    def prepare_launch(self, preflight_response):
        user = preflight_response["login_hint"]
        name, roles = PEOPLE[user]
        self.set_user_data(user, roles, full_name=name, email_address=user + "@example.invalid")
        self.set_launch_context_claim(
            COURSE.id,
            context_types=["http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"],
            context_title=COURSE.title,
            context_label=COURSE.label,
        )
        self.set_launch_presentation_claim("iframe", here("/back"))
        self.set_nrps(here("/course/members"))
        if preflight_response["lti_message_hint"] == "pick":
            self.set_dl(here("/picked"), extra_data="echo-me")
            self.set_ags(here("/course/lineitems"))
        else:
            self.set_resource_link_claim("link-1", title="Scenario 1")
            self.set_custom_parameters_claim({"mtl_activity": options.activity})
            self.set_ags(here("/course/lineitems"), here("/course/lineitems/1"))

    def render_launch_form(self, launch_data, **kwargs):
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{launch_data[name]}">'
            for name in ("id_token", "state")
        )
        return f'<form method="post" action="{launch_data["launch_url"]}">{fields}</form>'


class Grades(AssignmentsGradesService):
    def find_lineitems(self, page=1, limit=None, line_item_id=None, resource_link_id=None,
                       resource_id=None, tag=None):
        wanted = {"resourceLinkId": resource_link_id, "resourceId": resource_id, "tag": tag}
        found = [
            item
            for item in held["line_items"].values()
            if all(value is None or item.get(name) == value for name, value in wanted.items())
        ]
        return {"content": found, "has_next": False}

    def find_lineitem(self, line_item_id):
        if line_item_id not in held["line_items"]:
            raise LineItemNotFoundException()
        return held["line_items"][line_item_id]

    def create_lineitem(self, creation_data):
        number = str(len(held["line_items"]) + 1)
        item = dict(creation_data, id=here(f"/course/lineitems/{number}"))
        held["line_items"][number] = item
        return item

    def update_lineitem(self, update_data):
        self.find_lineitem(update_data["id"]).update(update_data)
        return update_data

    def delete_lineitem(self, line_item_id):
        self.find_lineitem(line_item_id)
        del held["line_items"][line_item_id]

    def update_score(self, line_item_id, score):
        self.find_lineitem(line_item_id)
        key = line_item_id, score["userId"]
        before = held["results"].get(key)
        if before and score["timestamp"] <= before["timestamp"]:
            return UpdateScoreStatus.OLD_TIMESTAMP
        held["results"][key] = score
        held["scores"].append({"line_item": line_item_id, **score})
        return UpdateScoreStatus.SUCCESS

    def get_results(self, line_item_id, page=1, limit=None, user_id=None):
        item = self.find_lineitem(line_item_id)
        found = [
            {
                "id": f"{item['id']}/results/{user}",
                "scoreOf": item["id"],
                "userId": user,
                "resultScore": score.get("scoreGiven"),
                "resultMaximum": score.get("scoreMaximum"),
                "comment": score.get("comment"),
            }
            for (number, user), score in held["results"].items()
            if number == line_item_id and user_id in (None, user)
        ]
        return {"content": found, "has_next": False}


class Members(NamesRoleProvisioningService):
    def get_member_data_page(self, page=1, limit=None, role=None, since=None, rlid=None):
        people = [
            {"user_id": user, "name": name, "roles": roles, "email": user + "@example.invalid"}
            for user, (name, roles) in PEOPLE.items()
            if role is None or any(one.endswith(role) for one in roles)
        ]
        # Pages of two, so that a tool that reads the first one only is found out.
        start = (int(page) - 1) * 2
        return {"content": people[start : start + 2], "has_next": start + 2 < len(people)}

    def get_context_by_id(self):
        return COURSE

    def is_resource_link_valid(self, context_id, resource_link_id):
        return resource_link_id == "link-1"


def serve(service, method, *arguments):
    """A service's answer, as the library gives it."""
    held["services"].append(f"{request.method} {request.path}")
    try:
        outcome = service.handle_resp(lambda: getattr(service, method)(*arguments))
    except Exception as error:  # The library refuses some tokens by exceptions of others.
        held["refused"].append(f"{request.path}: {error!r}")
        raise
    if outcome.code >= 400:
        held["refused"].append(f"{request.path}: {outcome.code} {outcome.message}")
    result = outcome.result
    headers = {}
    if isinstance(result, dict) and result.get("next"):
        headers["Link"] = generate_next_link(result.pop("next"))
    if isinstance(result, dict) and "has_next" in result:
        result = result["content"]
    body = "" if result is None else json.dumps(result)
    return Answer(body, status=outcome.code, headers=headers, mimetype=outcome.media_type)


def grades():
    return Grades(FlaskRequest(request), Platform(), here("/course/lineitems"))


@app.get("/open/<user>/<message>")
def open_link(user, message):
    login = Login(FlaskRequest(request), Platform())
    login.set_lti_message_hint(hint=message)
    return login.initiate_login(user)


@app.route("/authorise", methods=["GET", "POST"])
def authorise():
    return Launch(FlaskRequest(request), Platform()).lti_launch()


@app.get("/keys")
def key_set():
    return jsonify(Platform().get_jwks())


@app.post("/token")
def token():
    try:
        return jsonify(Platform().get_access_token(request.form.to_dict()))
    except Exception as error:
        held["refused"].append(f"/token: {error!r}")
        return jsonify({"error": "invalid_request", "error_description": str(error)}), 400


@app.get("/course/lineitems")
def list_line_items():
    return serve(grades(), "handle_get_lineitems")


@app.post("/course/lineitems")
def create_line_item():
    return serve(grades(), "handle_create_lineitem")


@app.get("/course/lineitems/<number>")
def line_item(number):
    return serve(grades(), "handle_get_lineitem", number)


@app.post("/course/lineitems/<number>/scores")
def score(number):
    if request.content_type != "application/vnd.ims.lis.v1.score+json":
        held["refused"].append(f"{request.path}: {request.content_type}")
        return "", 415
    return serve(grades(), "handle_update_score", number)


@app.get("/course/lineitems/<number>/results")
def results(number):
    return serve(grades(), "handle_get_results", number)


@app.get("/course/members")
def members():
    # The library turns the page of the next link into text when it is asked for it.
    service = Members(FlaskRequest(request), Platform(), here("/course/members"))
    if "page" in service.request.get_data:
        service.request.get_data["page"] = int(service.request.get_data["page"])
    return serve(service, "handle_get_members")


@app.post("/picked")
def picked():
    try:
        held["content_items"] = Platform().validate_deeplinking_resp(request.form.to_dict())
    except LtiException as error:
        held["refused"].append(f"/picked: {error!r}")
        return f"refused: {error!r}", 400
    return "accepted"


@app.get("/held")
def show_held():
    shown = {name: held[name] for name in ("scores", "content_items", "refused", "services")}
    return jsonify(dict(shown, line_items=list(held["line_items"].values())))


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--tool", required=True, help="the bridge's address, with its last slash")
    parser.add_argument("--client-id", required=True)
    parser.add_argument("--activity", required=True)
    parser.parse_args(namespace=options)
    key = JWK.generate(kty="RSA", size=2048)
    keys["public"] = key.export_to_pem().decode()
    keys["private"] = key.export_to_pem(private_key=True, password=None).decode()
    held["line_items"]["1"] = {
        "id": here("/course/lineitems/1"),
        "scoreMaximum": 100,
        "label": "Scenario 1",
        "resourceLinkId": "link-1",
    }
    server = make_server("127.0.0.1", options.port, app, threaded=True)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
