"""Users and their sessions over REST: FastAPI and asyncpg as Debian 12 has them."""

import json
import os
from datetime import datetime
from uuid import UUID

import asyncpg
import jwt
from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

keys = {key.key_id: key.key for key in jwt.PyJWKSet.from_json(os.environ["JWKS"]).keys}
bearer = HTTPBearer()
app = FastAPI()


class Session(BaseModel):
    id: UUID
    createdAt: datetime


class User(BaseModel):
    id: UUID
    displayName: str
    createdAt: datetime


class Me(User):
    email: str


class UserWithSessions(User):
    sessions: list[Session]


class UserPage(BaseModel):
    users: list[User]
    hasNextPage: bool


class UserWithSessionsPage(BaseModel):
    users: list[UserWithSessions]
    hasNextPage: bool


@app.on_event("startup")
async def open_pool() -> None:
    size = int(os.environ["POOL_SIZE"])
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], max_size=size, min_size=size)


@app.on_event("shutdown")
async def close_pool() -> None:
    await app.state.pool.close()


async def viewer(
    request: Request, credentials: HTTPAuthorizationCredentials = Depends(bearer)
) -> asyncpg.Record:
    """Finds who calls; refuses unless the session runs and its user may use their account."""
    token = credentials.credentials
    try:
        header = jwt.get_unverified_header(token)
        if header.get("typ") != "at+jwt":
            raise jwt.InvalidTokenError()
        claims = jwt.decode(
            token,
            keys.get(header.get("kid"), ""),
            algorithms=["EdDSA"],
            issuer=os.environ["ISSUER"],
            audience=os.environ["AUDIENCE"],
            options={"require": ["exp", "sub", "sid"]},
        )
    except jwt.PyJWTError as error:
        raise HTTPException(status_code=401) from error
    found = await request.app.state.pool.fetchrow(
        """SELECT u.id, u.email, u.display_name AS "displayName", u.created_at AS "createdAt"
           FROM session s JOIN "user" u ON u.id = s.user_id
           WHERE s.id = $1 AND s.revoked_at IS NULL
             AND least(s.expires_at, s.idle_expires_at) > now()
             AND u.status <> 'SUSPENDED' AND u.deleted_at IS NULL""",
        UUID(claims["sid"]),
    )
    if found is None:
        raise HTTPException(status_code=401)
    return found


async def newest_users(request: Request, first: int = Query(20, ge=1, le=100)) -> tuple[list[dict], bool]:
    rows = await request.app.state.pool.fetch(
        """SELECT id, display_name AS "displayName", created_at AS "createdAt"
           FROM "user" ORDER BY created_at DESC, id DESC LIMIT $1""",
        first + 1,
    )
    return [dict(row) for row in rows[:first]], len(rows) > first


@app.get("/me", response_model=Me)
async def read_me(found: asyncpg.Record = Depends(viewer)) -> dict:
    return dict(found)


@app.get("/users", response_model=UserPage, dependencies=[Depends(viewer)])
async def read_users(page: tuple[list[dict], bool] = Depends(newest_users)) -> dict:
    users, has_next_page = page
    return {"users": users, "hasNextPage": has_next_page}


@app.get(
    "/users-with-sessions", response_model=UserWithSessionsPage, dependencies=[Depends(viewer)]
)
async def read_users_with_sessions(
    request: Request,
    page: tuple[list[dict], bool] = Depends(newest_users),
    sessions: int = Query(3, ge=1, le=100),
) -> dict:
    users, has_next_page = page
    rows = await request.app.state.pool.fetch(
        """SELECT s.user_id, s.id, s.created_at AS "createdAt"
           FROM unnest($1::uuid[]) AS listed(id) CROSS JOIN LATERAL (
             SELECT user_id, id, created_at FROM session WHERE user_id = listed.id
             ORDER BY created_at DESC, id DESC LIMIT $2
           ) s""",
        [user["id"] for user in users],
        sessions,
    )
    by_user: dict[UUID, list[dict]] = {user["id"]: [] for user in users}
    for row in rows:
        by_user[row["user_id"]].append({"id": row["id"], "createdAt": row["createdAt"]})
    return {
        "users": [{**user, "sessions": by_user[user["id"]]} for user in users],
        "hasNextPage": has_next_page,
    }
